import { isMap } from "./merge-patch";
import type { Path } from "./parse";
import type { Json } from "./units";

/** Something of the language that this version's worker does not do, where a file asks for it. */
export interface NotYet {
  readonly path: Path;
  /** A key that is not there yet, or a value of a key that is. */
  readonly part: "key" | "value";
  /** What the user wrote, in their words. */
  readonly feature: string;
  /** What to do instead. */
  readonly mend: string;
}

interface Entry {
  /** `*` stands for any step. */
  readonly path: readonly string[];
  /** The values that are not there yet; left out: the key itself is not. */
  readonly values?: (value: Json) => boolean;
  readonly mend?: string;
}

const LEAVE_OUT = "Leave it out.";
const oneOf =
  (...words: readonly string[]) =>
  (value: Json) =>
    words.includes(String(value));

/** Shrinks as the worker learns; what is not in it is kept. */
const NOT_YET: readonly Entry[] = [
  {
    path: ["rateLimit"],
    values: (value) => Array.isArray(value) && value.length > 1,
    mend: "State one limit: of several, the one with the lowest rate keeps the others too.",
  },
  { path: ["quota"], mend: "Leave it out, and state a rateLimit low enough that the quota lasts." },
  { path: ["hours"], mend: "Leave it out, and start executions only while the target is open." },
  ...["circuit", "overflow", "alarms", "fairness"].map((key) => ({ path: [key] })),
  { path: ["worker", "memory"], values: (value) => value !== "auto", mend: "Write auto, or leave it out." },
  { path: ["worker", "provisioned"] },
  ...["burst", "reserve"].map((key) => ({ path: ["tiers", "*", key] })),
  ...["coalesce", "batch"].map((key) => ({ path: ["operations", "*", key] })),
  { path: ["operations", "*", "cost"], values: (value) => value !== 1 },
  {
    path: ["operations", "*", "rateLimit"],
    mend: "Leave it out; where it must hold, give the operation a gateway file of its own.",
  },
  {
    path: ["operations", "*", "onUnknown"],
    values: (value) => isMap(value) || value === "retry",
    mend: "Write fail, or leave it out.",
  },
  {
    path: ["endpoint", "adapter"],
    values: oneOf("soap", "sql", "lambda", "module"),
    mend: "Only http is there.",
  },
  {
    path: ["endpoint", "auth", "type"],
    values: oneOf("oauth2", "mtls", "wsSecurity", "login", "iam"),
    mend: "There are basic, bearer and apiKey.",
  },
  ...["ca", "proxy", "vpc"].map((key) => ({ path: ["endpoint", key] })),
  ...["fault", "header"].map((key) => ({
    path: ["outcomes", "*", key],
    mend: "Use when: an expression that reads $headers and $body.",
  })),
];

/** Everything of a file that is refused because it is not there yet. */
export function notYetIn(file: Json | undefined): NotYet[] {
  if (!isMap(file)) return [];
  const asked = NOT_YET.filter(({ path: [root = ""] }) => Object.hasOwn(file, root));
  return asked.flatMap((entry) => {
    const found: NotYet[] = [];
    look(file, entry.path, [], (path, value) => found.push(...notYetAt(path, value, entry)));
    return found;
  });
}

function notYetAt(path: Path, value: Json, { values, mend = LEAVE_OUT }: Entry): NotYet[] {
  if (values?.(value) === false) return [];
  const key = String(path.at(-1));
  return [{ path, part: values ? "value" : "key", feature: values ? describeValue(key, value) : key, mend }];
}

/** Calls back for each place of a value that a path with stars stands for. */
function look(value: Json, [step, ...rest]: readonly string[], path: Path, found: (path: Path, value: Json) => void) {
  if (step === undefined) found(path, value);
  else if (Array.isArray(value) && step === "*")
    for (const [index, item] of value.entries()) look(item, rest, [...path, index], found);
  else if (isMap(value))
    for (const key of step === "*" ? Object.keys(value) : [step])
      if (Object.hasOwn(value, key)) look(value[key] ?? null, rest, [...path, key], found);
}

function describeValue(key: string, value: Json): string {
  if (Array.isArray(value)) return `a list in ${key}`;
  return isMap(value) ? `${key} with ${Object.keys(value)[0] ?? "a map"}` : `${key}: ${String(value)}`;
}

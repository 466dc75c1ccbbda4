import { isMap, valueAt } from "./merge-patch";
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
  ...["instances"].map((key) => ({ path: [key], mend: "Leave it out, and write a file for each." })),
  { path: ["worker", "dispatch"], values: oneOf("deferral"), mend: "Write doorbell, or leave it out." },
  { path: ["worker", "memory"], values: (value) => value !== "auto", mend: "Write auto, or leave it out." },
  ...["slots", "provisioned"].map((key) => ({ path: ["worker", key] })),
  ...["burst", "reserve", "maxReceives"].map((key) => ({ path: ["tiers", "*", key] })),
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
export function notYetIn(value: Json | undefined): NotYet[] {
  return NOT_YET.flatMap((entry) => placesOf(value, entry.path).flatMap((path) => notYetAt(value, path, entry)));
}

function notYetAt(file: Json | undefined, path: Path, { values, mend = LEAVE_OUT }: Entry): NotYet[] {
  const value = valueAt(file, path);
  if (value === undefined || values?.(value) === false) return [];
  const key = String(path.at(-1));
  return [{ path, part: values ? "value" : "key", feature: values ? describeValue(key, value) : key, mend }];
}

/** The paths of a file that an entry's stands for. */
function placesOf(value: Json | undefined, [step, ...rest]: readonly string[]): Path[] {
  if (step === undefined) return [[]];
  return stepsOf(value, step).flatMap((here) =>
    placesOf(valueAt(value, [here]), rest).map((below): Path => [here, ...below]),
  );
}

function stepsOf(value: Json | undefined, step: string): (string | number)[] {
  if (step !== "*") return [step];
  return Array.isArray(value) ? value.map((_, index) => index) : Object.keys(isMap(value) ? value : {});
}

function describeValue(key: string, value: Json): string {
  if (Array.isArray(value)) return `a list in ${key}`;
  return isMap(value) ? `${key} with ${Object.keys(value)[0] ?? "a map"}` : `${key}: ${String(value)}`;
}

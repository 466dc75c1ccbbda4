import { isMap } from "./merge-patch";
import type { Path } from "./parse";
import type { Json } from "./units";

/** Something of the language that this version's worker does not do. */
export interface NotYet {
  /** What the user wrote, in their words. */
  readonly feature: string;
  /** What to do instead. */
  readonly mend: string;
}

const LEAVE_OUT = "Leave it out.";

/** `*` stands for any step. */
const NOT_YET: readonly {
  path: readonly string[];
  words?: readonly string[];
  is?: (value: Json) => boolean;
  mend?: string;
}[] = [
  {
    path: ["rateLimit"],
    is: Array.isArray,
    mend: "State one limit: of several, the one with the lowest rate keeps the others too.",
  },
  { path: ["quota"], mend: "Leave it out, and state a rateLimit low enough that the quota lasts." },
  { path: ["hours"], mend: "Leave it out, and start executions only while the target is open." },
  ...["circuit", "overflow", "alarms", "worker", "instances", "fairness", "coalesce", "batch"].map((key) => ({
    path: [key],
  })),
  ...["burst", "reserve", "maxReceives"].map((key) => ({ path: ["tiers", "*", key] })),
  ...["cost", "coalesce", "batch", "fairness"].map((key) => ({ path: ["operations", "*", key] })),
  {
    path: ["operations", "*", "rateLimit"],
    mend: "Leave it out; where it must hold, give the operation a gateway file of its own.",
  },
  {
    path: ["operations", "*", "onUnknown"],
    is: (value) => isMap(value) || value === "probe" || value === "retry",
    mend: "Write fail, or leave it out.",
  },
  { path: ["endpoint", "adapter"], words: ["soap", "sql", "lambda", "module"], mend: "Only http is there." },
  {
    path: ["endpoint", "auth", "type"],
    words: ["oauth2", "oauth", "mtls", "mTLS", "clientCredentials", "digest", "aws"],
    mend: "There are basic, bearer and apiKey.",
  },
  ...["ca", "proxy", "vpc", "tls", "mtls"].map((key) => ({ path: ["endpoint", key] })),
  ...["fault", "header", "headers", "body"].map((key) => ({
    path: ["outcomes", "*", key],
    mend: "Use when: an expression that reads $headers and $body.",
  })),
];

/** What is refused at a place of the file because it is not there yet; undefined for everything else. */
export function notYetAt(path: Path, value: Json): NotYet | undefined {
  const found = NOT_YET.find(
    (entry) =>
      entry.path.length === path.length &&
      entry.path.every((step, depth) => step === "*" || step === path[depth]) &&
      (entry.words?.includes(String(value)) ?? entry.is?.(value) ?? true),
  );
  if (!found) return undefined;
  const last = String(path.at(-1));
  const feature = found.words ? `${last}: ${String(value)}` : found.is ? describeValue(last, value) : last;
  return { feature, mend: found.mend ?? LEAVE_OUT };
}

function describeValue(key: string, value: Json): string {
  if (Array.isArray(value)) return `a list in ${key}`;
  return isMap(value) ? `${key} with ${Object.keys(value)[0] ?? "a map"}` : `${key}: ${String(value)}`;
}

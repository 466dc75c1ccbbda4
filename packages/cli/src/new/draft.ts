import { type Finding, lintGateways, type SourceFile } from "@sluice/dsl";
import { type Answers, DEFAULTS, type Timeouts } from "./answers";
import { gatewayText } from "./text";

/** For the questions that are not answered yet while an answer is checked. */
const HARMLESS = { url: "https://api.example.org", rate: "1/s", ...DEFAULTS };

/**
 * Timeouts to try, tightest first. With a slow target the usual ones would end a request before its turn comes, and
 * the worker, which lives for 40 response timeouts at a time, before its second call.
 */
const TIMEOUTS: readonly Timeouts[] = [
  { response: "10s", tiers: ["2m", "1h", "24h"] },
  { response: "10s", tiers: ["1h", "6h", "24h"] },
  { response: "40s", tiers: ["1h", "6h", "24h"] },
  { response: "40s", tiers: ["24h", "3d", "7d"] },
  // A fast target lets so many requests wait within a day that they would use up an account's open executions.
  { response: "10s", tiers: ["2m", "30m", "6h"] },
  { response: "10s", tiers: ["2m", "15m", "2h"] },
];

/** A new gateway file, and what lint says of it. */
export interface Drafted {
  readonly text: string;
  readonly findings: readonly Finding[];
}

/**
 * The file's text, with timeouts that its limit allows.
 *
 * @param file where it will be
 * @param others the gateway files beside it, which must not have its name
 */
export function draft(
  answers: Answers,
  file: string,
  schemaLine: string | undefined,
  others: readonly SourceFile[],
): Drafted {
  const drafts = TIMEOUTS.map((timeouts) => {
    const text = gatewayText(answers, timeouts, schemaLine);
    const { findings } = lintGateways([...others, { file, text }]);
    return { text, findings: findings.filter((finding) => finding.file === file) };
  });
  const possible = drafts.filter(isLongEnough);
  // Where none is long enough it is the limit that is wrong, and the usual ones show it best.
  return possible.find(isQuiet) ?? possible[0] ?? drafts[0] ?? { text: "", findings: [] };
}

const isLongEnough = ({ findings }: Drafted): boolean =>
  !findings.some(({ severity, path }) => severity === "error" && ["tiers", "rateLimit"].includes(String(path[0])));

/** Nothing is said of the timeouts, not even a warning. */
const isQuiet = ({ findings }: Drafted): boolean => findings.every(({ path }) => path[0] !== "tiers");

/** What is wrong with one answer, alone, in one sentence or several; undefined where nothing is. */
export function problemWith<Key extends keyof Answers>(
  key: Key,
  value: Answers[Key],
  name: string,
): string | undefined {
  const answers: Answers = { ...HARMLESS, name, [key]: value };
  const { findings } = draft(answers, `${answers.name}.yaml`, undefined, []);
  const finding = findings.find((one) => one.severity === "error" && answerOf(one) === key);
  return finding && sentencesOf(finding);
}

/** Which answer a finding is about; undefined where it is none alone. */
export function answerOf({ path }: Finding): keyof Answers | undefined {
  const [top, , part] = path;
  if (top === "name") return "name";
  if (top === "rateLimit" || top === "tiers" || top === "retries") return "rate";
  if (top === "endpoint") return path[1] === "auth" ? "auth" : "url";
  if (top !== "operations") return undefined;
  return part === "method" ? "method" : part === "path" ? "path" : "operation";
}

/** What is wrong, why, and how to mend it. */
export const sentencesOf = ({ message, hint }: Finding): string => `${message} ${hint}`.trim();

import { didYouMean } from "../did-you-mean";
import { isMap, valueAt } from "../merge-patch";
import type { Path } from "../parse";
import { defineRule, text } from "../rule";
import { areSound, type Subject } from "../subject";

/** Where a file says something of a tier by its name, and what comes of it when there is no such tier. */
const PLACES: readonly { readonly path: Path; readonly effect: string }[] = [
  { path: ["quota", "reserve"], effect: "These calls would be kept for requests that nobody can send" },
  { path: ["alarms", "age"], effect: "The alarm would watch a queue that is not there, and never tell anybody" },
];

export const unknownTier = defineRule({
  id: "SL033",
  name: "unknown-tier",
  severity: "error",
  messages: {
    unknown: {
      what: text`there is no tier ${"name"}`,
      why: text`${"effect"}.`,
      mend: text`Write ${"guess"}. The tiers: ${"tiers"}.`,
    },
  },
  check: (subject, report) => {
    const { tiers } = subject.draft;
    if (!areSound(subject, ["tiers"]) || !tiers) return;
    const names = tiers.map(({ name }) => name);
    for (const { path, effect } of PLACES)
      for (const name of namedAt(subject, path).filter((one) => !names.includes(one))) {
        const guess = didYouMean(name, names) ?? "one of them";
        report("unknown", { path: [...path, name], part: "key" }, { name, effect, guess, tiers: names.join(", ") });
      }
  },
});

/** The tiers that a map speaks of; a name that no tier can bear is wrong-type's. */
function namedAt({ value, issues }: Subject, path: Path): string[] {
  const map = valueAt(value, path);
  const isRefused = (name: string) =>
    issues.some((issue) => issue.kind === "wrong-type" && issue.part === "key" && isSame(issue.path, [...path, name]));
  return Object.keys(isMap(map) ? map : {}).filter((name) => !isRefused(name));
}

const isSame = (one: Path, other: Path): boolean => one.join("\0") === other.join("\0");

import type { NameChanges } from "./types";

/** Whether two JSON values say the same; the order of keys says nothing, and an undefined key is no key. */
export const isSame = (one: unknown, other: unknown): boolean => canonical(one) === canonical(other);

/** One text for all values that say the same. */
export const canonical = (value: unknown): string => JSON.stringify(value, sortedKeys) ?? "";

function sortedKeys(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** What is in `after` and not in `before`. */
export const missingFrom = (before: readonly string[], after: readonly string[]): string[] =>
  after.filter((name) => !before.includes(name));

/** Which names of two maps differ; undefined when none does. */
export function changedNames(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): NameChanges | undefined {
  const [names, newNames] = [Object.keys(before), Object.keys(after)];
  const added = missingFrom(names, newNames);
  const removed = missingFrom(newNames, names);
  const changed = names.filter((name) => newNames.includes(name) && before[name] !== after[name]);
  return added.length + removed.length + changed.length === 0 ? undefined : { added, removed, changed };
}

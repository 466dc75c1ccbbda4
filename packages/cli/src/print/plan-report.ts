import type { Care, GatewayDiff, PlanDiff } from "@sluice/dsl";
import type { Base } from "../git";

/** What `plan` found. */
export interface PlanReport {
  readonly base: Base;
  readonly diff: PlanDiff;
  /** Files that differ in nothing that is deployed: comments, order, a file's name. */
  readonly withoutEffect: readonly string[];
  /** Files whose other side is no gateway file, so that what they hold now counts as added. */
  readonly unreadable: readonly UnreadableBase[];
  /** Files that are the same on both sides. */
  readonly unchangedFiles: number;
}

export interface UnreadableBase {
  readonly file: string;
  /** A sentence; the user's text in it as it was. */
  readonly reason: string;
}

/** What each degree of care means, after its name. */
export const CARE_WORDS: Readonly<Record<Care, string>> = {
  safe: "deploy at any time",
  "takes care": "read first what callers, waiting requests or the target will notice",
  paused: "deploy only while no request waits",
};

/** `nvd`, `nvd in staging`, `nvd, also in staging and keyed` */
export function titleOf({ gateway, environments }: GatewayDiff): string {
  const named = environments.filter((environment) => environment !== null);
  if (named.length === 0) return gateway;
  const places = named.length === 1 ? named.join() : `${named.slice(0, -1).join(", ")} and ${named.at(-1)}`;
  return named.length < environments.length ? `${gateway}, also in ${places}` : `${gateway} in ${places}`;
}

/** `added`, `renamed from nvd`, `renamed from nvd in staging` */
export const kindOf = ({ kind, previously, previousEnvironment }: GatewayDiff): string => {
  if (previously === undefined) return kind;
  return `renamed from ${previously}${previousEnvironment === undefined ? "" : ` in ${previousEnvironment}`}`;
};

/** `main (3f2a9c1d04)`, `where this branch left main (3f2a9c1d04)` */
export const baseText = ({ ref, commit, isMergeBase }: Base): string =>
  `${isMergeBase ? `where this branch left ${ref}` : ref} (${commit.slice(0, 10)})`;

import type { PlanDiff } from "@sluice/dsl";
import type { PlanReport } from "./plan-report";

/** What `plan --format json` prints; durations in microseconds, as their names end in. @see docs/plan.md */
export interface PlanJson {
  readonly version: 1;
  readonly base: PlanReport["base"];
  readonly care: PlanDiff["care"];
  readonly gateways: PlanDiff["gateways"];
  readonly withoutEffect: readonly string[];
  readonly unreadable: PlanReport["unreadable"];
  readonly unchangedFiles: number;
}

export const planJson = ({ base, diff, withoutEffect, unreadable, unchangedFiles }: PlanReport): PlanJson => ({
  version: 1,
  base,
  care: diff.care,
  gateways: diff.gateways,
  withoutEffect,
  unreadable,
  unchangedFiles,
});

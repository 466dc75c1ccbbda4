import type { GatewayPlan } from "../plan-types";

/** How many of each thing a request uses, on average. */
export type Usage = Readonly<Record<UsedPart, number>>;

export type UsedPart =
  | "transition"
  | "publish"
  | "standardRequest"
  | "fifoRequest"
  | "invocation"
  | "gbSecond"
  | "write"
  | "read"
  | "logByte";

export const USED_PARTS: readonly UsedPart[] = [
  "transition",
  "publish",
  "standardRequest",
  "fifoRequest",
  "invocation",
  "gbSecond",
  "write",
  "read",
  "logByte",
];

/** A part with what people know it by, and what it is used for. */
export interface Part {
  readonly part: UsedPart;
  readonly name: string;
  readonly why: string;
}

/** A call's log line with its metrics and CloudWatch's own 26 bytes, held by a test; and about what Lambda writes of a turn. */
export const CALL_LINE_BYTES = 780;
export const TURN_LINES_BYTES = 500;

/** A call that must not be repeated is noted before it is made; operations are taken to be asked equally often. */
export const claims = ({ operations }: GatewayPlan): number =>
  operations.filter(({ repeatable }) => !repeatable).length / operations.length;

export const TRANSITIONS: Part = {
  part: "transition",
  name: "state transitions",
  why: "one state of Step Functions a request; its wait is free",
};

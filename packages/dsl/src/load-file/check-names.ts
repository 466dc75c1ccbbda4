import { didYouMean } from "../did-you-mean";
import type { Finding } from "../findings";
import type { GatewayDocument } from "../parse";
import type { GatewayPlan } from "../plan-types";
import { streamsIn } from "./check-load";
import { loadFinding } from "./finding";

/** What of a gateway a load may speak of. */
export interface GatewayNames {
  readonly gateway: string;
  /** Highest first. */
  readonly tiers: readonly string[];
  readonly operations: readonly string[];
}

/** The names of one gateway. */
export const namesOf = (plan: GatewayPlan): GatewayNames => ({
  gateway: plan.name,
  tiers: plan.tiers.map(({ name }) => name),
  operations: plan.operations.map(({ name }) => name),
});

/** Tiers and operations of a load that the gateway does not have. */
export function checkNames(document: GatewayDocument, names: GatewayNames): Finding[] {
  return streamsIn(document.value).flatMap(({ path, stream }) =>
    (["tier", "operation"] as const).flatMap((kind) => {
      const name = stream[kind];
      const words = typeof name === "string" && name !== "?" ? unknownName(kind, name, names) : undefined;
      return words === undefined ? [] : [loadFinding(document, [...path, kind], "value", words)];
    }),
  );
}

/** What is said of a name that the gateway does not have; undefined where it has it. */
export function unknownName(kind: "tier" | "operation", name: string, { gateway, tiers, operations }: GatewayNames) {
  const known = kind === "tier" ? tiers : operations;
  if (known.includes(name)) return undefined;
  const guess = didYouMean(name, known);
  return {
    rule: kind === "tier" ? ("LD008" as const) : ("LD009" as const),
    name: `unknown-${kind}`,
    what: `${gateway} has no ${kind} ${name}`,
    why: `Its ${kind}s: ${known.join(", ")}.`,
    hint: guess === undefined ? "Write one of them." : `Did you mean ${guess}?`,
  };
}

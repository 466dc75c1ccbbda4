import type { Explanation } from "@sluice/dsl";
import type { Colors } from "../io";
import { renderTable } from "./table";
import { wrap } from "./words";

/** What the compiler derived, for people: numbers with their reasons, then tiers, outcomes and operations. */
export function renderExplanation(explanation: Explanation, colors: Colors, width: number): string {
  const { gateway, environment, facts, tiers, outcomes, operations } = explanation;
  const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
    renderTable({ head, rows, width }, colors);
  return [
    colors.bold(environment === undefined ? gateway : `${gateway} in ${environment}`),
    wrap(summary(explanation), width),
    "",
    table(
      ["number", "value", "why"],
      facts.map(({ name, value, why }) => [name, colors.bold(value), why]),
    ),
    "",
    table(
      ["tier", "timeout", "its share"],
      tiers.map(({ name, timeout, share, isDefault }) => [
        name,
        timeout,
        isDefault ? `${share} (the default tier)` : share,
      ]),
    ),
    "",
    table(
      ["outcome", "what counts as it", "what follows"],
      outcomes.map(({ outcome, means, follows }) => [outcome, means, follows]),
    ),
    "",
    table(
      ["operation", "call", "may it be repeated"],
      operations.map(({ name, call, repeatable, why }) => [name, call, `${repeatable ? "yes" : "no"}: ${why}`]),
    ),
  ].join("\n");
}

function summary({ facts, reachedShare, tiers }: Explanation): string {
  const valueNamed = (name: string) => facts.find((fact) => fact.name === name)?.value;
  const names = tiers.map(({ name }) => name).join(", then ");
  const interval = valueNamed("interval");
  if (interval === undefined)
    return `Calls start as fast as ${valueNamed("most calls")}, at most ${valueNamed("open calls")} open at once; first ${names}.`;
  return `One call starts every ${interval} at the soonest, which keeps ${valueNamed("limit")} in any window and reaches ${(reachedShare * 100).toFixed(1)} % of it; first ${names}.`;
}

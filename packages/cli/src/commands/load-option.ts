import { type ArrivalsByTier, didYouMean, parseRate, type Rate } from "@sluice/dsl";
import { InvalidArgumentError, Option } from "commander";
import { ToolFailure } from "../failures";

/** What comes in, by tier, as typed. */
export type TypedLoad = ReadonlyMap<string, Rate>;

export const loadOption = (): Option =>
  new Option(
    "--load <rates>",
    "what comes in, by tier: the waits are told for it (default: 50, 80 and 95 % of the rate reached)",
  ).argParser(parseLoad);

/** `HIGH=2/s,BATCH=5/s`: rates as the gateway file writes them. */
function parseLoad(text: string): TypedLoad {
  const load = new Map<string, Rate>();
  for (const part of text.split(",")) {
    const [tier = "", rateText = "", ...more] = part.split("=").map((word) => word.trim());
    const rate = parseRate(rateText);
    if (tier === "" || rate === undefined || more.length > 0)
      throw new InvalidArgumentError(
        `"${part.trim()}" is not a tier and its rate. Write --load HIGH=2/s,BATCH=100/m; units: ms, s, m, h, d.`,
      );
    if (load.has(tier)) throw new InvalidArgumentError(`${tier} is there twice. Give each tier one rate.`);
    load.set(tier, rate);
  }
  return load;
}

/** @throws ToolFailure when the gateway has no such tier */
export function arrivalsOf(load: TypedLoad | undefined, tiers: readonly string[]): ArrivalsByTier | undefined {
  if (load === undefined) return undefined;
  for (const name of load.keys()) {
    if (tiers.includes(name)) continue;
    const meant = didYouMean(name, tiers);
    throw new ToolFailure(
      `--load names the tier ${name}, which the gateway does not have.${meant === undefined ? "" : ` Did you mean ${meant}?`} Its tiers: ${tiers.join(", ")}.`,
    );
  }
  return Object.fromEntries([...load].map(([tier, { calls, windowUs }]) => [tier, (calls * 1_000_000) / windowUs]));
}

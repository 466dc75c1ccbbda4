import { didYouMean, type LintedGateway } from "@sluice/dsl";
import { Option } from "commander";
import { ToolFailure } from "./failures";

export const instanceOption = (): Option =>
  new Option("--instance <name>", "only this one of the file's `instances` (default: one after the other)");

/**
 * The gateways of one file: all of them, or the instance that was asked for.
 *
 * @param source how the file is called in sentences
 * @throws ToolFailure when the file holds no gateway, or no such instance
 */
export function chosenInstances(
  gateways: readonly LintedGateway[],
  asked: string | undefined,
  source: string,
): readonly LintedGateway[] {
  if (gateways.length === 0) throw new ToolFailure(`${source} holds no gateway. Name a gateway file.`);
  if (asked === undefined) return gateways;
  const chosen = gateways.filter(({ instance }) => instance === asked);
  if (chosen.length > 0) return chosen;
  const names = instanceNames(gateways);
  if (names.length === 0)
    throw new ToolFailure(`${source} has no \`instances\`: it is one gateway. Leave out --instance.`);
  const guess = didYouMean(asked, names);
  throw new ToolFailure(
    `${source} has no instance ${asked}.${guess === undefined ? "" : ` Did you mean ${guess}?`} Its instances: ${names.join(", ")}.`,
  );
}

export const instanceNames = (gateways: readonly LintedGateway[]): string[] =>
  gateways.flatMap(({ instance }) => instance ?? []);

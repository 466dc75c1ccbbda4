import type { GatewayFile } from "./schema";
import type { Json } from "./units";

/** A gateway as the plan needs it: units parsed, defaults filled, the environment's patch applied. */
export interface GatewaySpec extends Omit<GatewayFile, "environments" | "defaultTier"> {
  readonly defaultTier: string;
  /** The environment whose patch was applied. */
  readonly environment?: string;
}

/** What may change a file before it is resolved. */
export interface ResolveOptions {
  /** One of the file's `environments`, whose patch is applied first. */
  readonly environment?: string;
  /** A JSON merge patch of the file (RFC 7396), applied last. */
  readonly patch?: Json;
}

/** The specification of a gateway file in which nothing is wrong. */
export function specOf({ environments: _, ...gateway }: GatewayFile, environment?: string): GatewaySpec {
  const defaultTier = gateway.defaultTier ?? middleTier(gateway.tiers.map(({ name }) => name));
  return environment === undefined ? { ...gateway, defaultTier } : { ...gateway, defaultTier, environment };
}

/** NORMAL where there is one, else the middle; of two the lower, since who says nothing is not in a hurry. */
function middleTier(names: readonly string[]): string {
  return names.find((name) => name === "NORMAL") ?? names[Math.floor(names.length / 2)] ?? "";
}

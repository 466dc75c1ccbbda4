import type { Project } from "./project";
import { type Rate, spacedLimit } from "./rate";
import type { GatewayFile } from "./schema/gateway-file";
import type { Json } from "./units";

/** The keys of the language that this version's worker keeps; lint refuses the others with "not yet". */
type Kept =
  | "version"
  | "name"
  | "description"
  | "owner"
  | "concurrency"
  | "jitter"
  | "tiers"
  | "timeouts"
  | "outcomes"
  | "retries"
  | "worker";

type HttpFile = Extract<GatewayFile["endpoint"], { readonly adapter: "http" }>;
type HttpAuth = Extract<HttpFile["auth"], { readonly type: "basic" | "bearer" | "apiKey" }>;

/** A gateway as the plan needs it: units parsed, defaults filled, the environment's patch applied. */
export interface GatewaySpec extends Pick<GatewayFile, Kept> {
  readonly rateLimit?: Rate;
  readonly endpoint: Pick<HttpFile, "adapter" | "url" | "headers"> & { readonly auth?: HttpAuth };
  readonly operations: Readonly<Record<string, HttpOperation>>;
  readonly defaultTier: string;
  /** The environment whose patch was applied. */
  readonly environment?: string;
  /** What stacks are named by, where `sluice.yaml` says it. */
  readonly naming?: string;
}

/** One thing that an HTTP target can do. */
export type HttpOperation = Omit<GatewayFile["operations"][string], "path"> & { readonly path: string };

/** What may change a file before it is resolved. */
export interface ResolveOptions {
  /** One of the file's `environments`, whose patch is applied first. */
  readonly environment?: string;
  /** One of the file's `instances`, whose patch is applied after the environment's. */
  readonly instance?: string;
  /** A JSON merge patch of the file (RFC 7396), applied last. */
  readonly patch?: Json;
  /** What all gateways of the repository share; its defaults lie under the file. */
  readonly project?: Project;
}

/**
 * The specification of a gateway file in which nothing is wrong.
 *
 * @throws RangeError for what this version's worker does not do; lint never lets that through
 */
export function specOf(gateway: GatewayFile, environment?: string, project?: Project): GatewaySpec {
  const naming = project?.settings?.naming;
  const { version, name, description, owner, concurrency, jitter, tiers, timeouts, outcomes, retries, worker } =
    gateway;
  const rateLimit = spacedLimit(gateway.rateLimit)?.rate;
  return {
    ...{ version, name, description, owner, concurrency, jitter, tiers, timeouts, outcomes, retries, worker },
    ...(rateLimit && { rateLimit }),
    endpoint: httpEndpoint(gateway.endpoint),
    operations: Object.fromEntries(
      Object.entries(gateway.operations).map(([name, operation]) => [name, httpOperation(name, operation)]),
    ),
    defaultTier: gateway.defaultTier ?? middleTier(tiers.map((tier) => tier.name)),
    ...(environment === undefined ? {} : { environment }),
    ...(naming === undefined ? {} : { naming }),
  };
}

function httpEndpoint(endpoint: GatewayFile["endpoint"]): GatewaySpec["endpoint"] {
  if (endpoint.adapter !== "http") throw new RangeError(`there is no adapter ${endpoint.adapter} yet`);
  const { adapter, url, headers, auth } = endpoint;
  if (auth === undefined) return { adapter, url, headers };
  if (auth.type === "oauth2" || auth.type === "mtls") throw new RangeError(`there is no ${auth.type} yet`);
  return { adapter, url, headers, auth };
}

function httpOperation(name: string, { path, ...operation }: GatewayFile["operations"][string]): HttpOperation {
  if (path === undefined) throw new RangeError(`operation ${name} has no path`);
  return { ...operation, path };
}

/** NORMAL where there is one, else the middle; of two the lower, since who says nothing is not in a hurry. */
function middleTier(names: readonly string[]): string {
  return names.find((name) => name === "NORMAL") ?? names[Math.floor(names.length / 2)] ?? "";
}

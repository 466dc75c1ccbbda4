import { type Deployment, deploy } from "./deploy";

/** Limits of unlike kinds, each met by every fifth seed. */
const GATEWAYS: readonly (readonly [rateLimit: string, more: string])[] = [
  ["10/s", ""],
  ["2/s", "concurrency: 1\n"],
  ["5/10s", "tiers: [{ name: A, timeout: 20m }, { name: B, timeout: 1h, share: 30% }]\n"],
  ["30/s", "concurrency: 3\ntimeouts: { response: 3s }\n"],
  ["1/20s", "tiers: [{ name: ONLY, timeout: 2h }]\n"],
];

/** One operation that may be repeated, one that may not. */
const fileOf = (rateLimit: string, more: string): string => `version: 1
name: register
rateLimit: ${rateLimit}
endpoint: { adapter: http, url: "http://127.0.0.1:1" }
operations:
  read: { method: GET, path: "/read" }
  order: { method: POST, path: "/orders" }
${more}
`;

const deployed = new Map<number, Deployment>();

/** The gateway that a seed runs. Synthesized once for each process. */
export function gatewayOf(seed: number): Deployment {
  const at = seed % GATEWAYS.length;
  let found = deployed.get(at);
  if (found === undefined) {
    const [rateLimit, more] = GATEWAYS[at] as (typeof GATEWAYS)[number];
    found = deploy(fileOf(rateLimit, more));
    deployed.set(at, found);
  }
  return found;
}

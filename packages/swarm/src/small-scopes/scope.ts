import type { Allowance } from "./course";

/** What is explored: every run of so many requests that stays within the allowance. */
export interface Scope {
  /** 1 to 3. */
  readonly requests: number;
  /** 1 or 2; requests are dealt out to them in turn, the lowest first. */
  readonly tiers: number;
  /** Execution environments that a turn may land in, 1 or 2. The doorbell has one slot, so that their turns follow each other. */
  readonly slots: number;
  /** Workers that die, 0 or 1, each at any of its awaits, before or after its effect. */
  readonly crashes: number;
  /** Times that something comes before what the plain order has first; undefined: any number, which is every order. */
  readonly orders: number | undefined;
  /** Steps that are late; undefined: any number. */
  readonly lates: number | undefined;
}

export const allowanceOf = ({ crashes, orders, lates }: Scope): Allowance => ({
  crashes,
  orders: orders ?? Number.POSITIVE_INFINITY,
  lates: lates ?? Number.POSITIVE_INFINITY,
});

/** `order` may not be repeated: whatever a crash leaves, it must not be called twice. */
export const gatewayFileOf = ({ tiers }: Scope): string => `version: 1
name: register
rateLimit: 1/s
timeouts: { response: 3s }
endpoint: { adapter: http, url: "http://127.0.0.1:1" }
operations:
  order: { method: POST, path: "/orders" }
tiers: [${TIERS.slice(0, tiers).join(", ")}]
`;

const TIERS = ["{ name: HIGH, timeout: 20m }", "{ name: LOW, timeout: 1h, share: 30% }"];

export interface ScopeRequest {
  readonly name: string;
  readonly tier: string;
}

export const requestsOf = ({ requests, tiers }: Scope): ScopeRequest[] =>
  Array.from({ length: requests }, (_, at) => ({
    name: `r${at + 1}`,
    tier: ["HIGH", "LOW"][tiers - 1 - (at % tiers)] ?? "HIGH",
  }));

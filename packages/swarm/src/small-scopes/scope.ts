import type { Dispatch } from "../scenario";
import type { Allowance } from "./course";

/** What is explored: every run of so many requests that stays within the allowance. */
export interface Scope {
  readonly dispatch: Dispatch;
  /** 1 to 3. */
  readonly requests: number;
  /** 1 or 2; requests are dealt out to them in turn, the lowest first. */
  readonly tiers: number;
  /**
   * 1 or 2. In deferral, invocations side by side, each with its part of the limit. The doorbell has one slot: execution
   * environments that a turn may land in, whose turns follow each other.
   */
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
export const gatewayFileOf = ({ dispatch, tiers, slots }: Scope): string => `version: 1
name: register
rateLimit: ${dispatch === "deferral" ? `${slots}/${slots}s` : "1/s"}
timeouts: { response: 3s }
endpoint: { adapter: http, url: "http://127.0.0.1:1" }
operations:
  order: { method: POST, path: "/orders" }
tiers: [${TIERS[dispatch].slice(0, tiers).join(", ")}]
${dispatch === "deferral" ? `worker: { dispatch: deferral, slots: ${slots} }\n` : ""}`;

const HIGH = "{ name: HIGH, timeout: 20m }";
const TIERS: Readonly<Record<Dispatch, readonly string[]>> = {
  doorbell: [HIGH, "{ name: LOW, timeout: 1h, share: 30% }"],
  deferral: [HIGH, "{ name: LOW, timeout: 1h }"],
};

export interface ScopeRequest {
  readonly name: string;
  readonly tier: string;
}

export const requestsOf = ({ requests, tiers }: Scope): ScopeRequest[] =>
  Array.from({ length: requests }, (_, at) => ({
    name: `r${at + 1}`,
    tier: ["HIGH", "LOW"][tiers - 1 - (at % tiers)] ?? "HIGH",
  }));

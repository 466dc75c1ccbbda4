import type { GatewayPlan, Json, Micros, OutcomeKind, OutcomeRule, OutcomesPlan } from "@sluice/dsl";
import { us } from "@sluice/dsl";
import type { CallEnd } from "./ports";
import { retryAfterUs } from "./retry-after";

/** What a call came to. */
export interface Verdict {
  readonly kind: OutcomeKind;
  readonly status?: number;
  /** For people; empty for a success. */
  readonly message: string;
  /** Throttled only: how long the gateway is parked. */
  readonly pauseUs?: Micros;
  /** The work was done, but its answer did not fit. */
  readonly isTooLarge?: true;
}

/** Evaluates a JSONata expression (without its braces); rejects when it fails. */
export type Evaluate = (expression: string, bindings: Readonly<Record<string, Json>>) => Promise<Json | undefined>;

/** Looked at in this order: what a target calls throttled must not be taken for a success because it says 200. */
const RULE_ORDER = ["throttled", "unavailable", "unknown", "rejected", "success"] as const;

/**
 * Exactly one outcome for every end of a call. The file's own rules come first; what they leave open has the defaults of
 * DESIGN.md, section 6.
 */
export async function classify(
  plan: GatewayPlan,
  end: CallEnd,
  bindings: Readonly<Record<string, Json>>,
  evaluate: Evaluate,
  wallMs: number,
): Promise<Verdict> {
  switch (end.kind) {
    case "notSent":
      return { kind: "unavailable", message: `${plan.name} could not be reached: ${end.message}. Nothing was sent.` };
    case "timeout":
    case "lost":
      return {
        kind: "unknown",
        message: `${plan.name}: ${end.message}. The request had been sent and may have been done.`,
      };
    case "tooLarge":
      return tooLarge(plan, end);
    case "answer": {
      const kind = (await byRules(plan.outcomes, end, bindings, evaluate)) ?? byStatus(end);
      return verdictOf(plan, kind, end, wallMs);
    }
  }
}

type Answer = Extract<CallEnd, { kind: "answer" }>;

async function byRules(
  outcomes: OutcomesPlan,
  end: Answer,
  bindings: Readonly<Record<string, Json>>,
  evaluate: Evaluate,
): Promise<OutcomeKind | undefined> {
  for (const kind of RULE_ORDER) {
    const rule = outcomes[kind];
    if (rule !== undefined && (await matches(rule, end, bindings, evaluate))) return kind;
  }
  return undefined;
}

async function matches(
  rule: OutcomeRule,
  end: Answer,
  bindings: Readonly<Record<string, Json>>,
  evaluate: Evaluate,
): Promise<boolean> {
  if (rule.status === undefined && rule.when === undefined) return false;
  if (rule.status !== undefined && !rule.status.includes(end.status)) return false;
  if (rule.when === undefined) return true;
  try {
    return (
      (await evaluate(rule.when, { ...bindings, status: end.status, headers: end.headers, body: end.body })) === true
    );
  } catch {
    // An expression written for the target's JSON meets its HTML error page: that is no match, and the defaults decide.
    return false;
  }
}

function byStatus(end: Answer): OutcomeKind {
  const { status } = end;
  if (status >= 200 && status < 300) return "success";
  if (status === 429 || (status === 503 && end.headers["retry-after"] !== undefined)) return "throttled";
  // 408 and 5xx may come from something between us and a target that went on working.
  if (status === 408 || status >= 500) return "unknown";
  return "rejected";
}

function verdictOf(plan: GatewayPlan, kind: OutcomeKind, end: Answer, wallMs: number): Verdict {
  const { status } = end;
  switch (kind) {
    case "success":
      return { kind, status, message: "" };
    case "throttled": {
      const asked = retryAfterUs(end.headers["retry-after"], wallMs) ?? plan.outcomes.throttled.pauseUs;
      const pauseUs = us(Math.min(asked, plan.outcomes.throttled.maxPauseUs));
      return {
        kind,
        status,
        pauseUs,
        message: `${plan.name} answered ${status}, which means that it is called too often. Nothing was done.`,
      };
    }
    case "unavailable":
      return { kind, status, message: `${plan.name} answered ${status}: unavailable, by the file's outcomes.` };
    case "unknown":
      return { kind, status, message: `${plan.name} answered ${status}. The request may have been done.` };
    case "rejected":
      return {
        kind,
        status,
        message: `${plan.name} answered ${status} and would answer the same again: ${excerpt(end.body)}`,
      };
  }
}

function tooLarge(plan: GatewayPlan, end: Extract<CallEnd, { kind: "tooLarge" }>): Verdict {
  const done = end.status >= 200 && end.status < 300;
  return {
    kind: done ? "success" : end.status >= 500 ? "unknown" : "rejected",
    status: end.status,
    message: `${plan.name} answered ${end.status}, but ${end.message}.${done ? " The work was done." : ""}`,
    isTooLarge: true,
  };
}

const EXCERPT_CHARS = 300;

function excerpt(body: Json): string {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return text.length > EXCERPT_CHARS ? `${text.slice(0, EXCERPT_CHARS)}…` : text;
}

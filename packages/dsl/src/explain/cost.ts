import type { GatewayPlan } from "../plan-types";
import { costOf, PRICES, PRICES_REGION } from "../prices";
import type { Pace } from "./pace";
import { type Part, USED_PARTS, type Usage, type UsedPart } from "./usage";
import { deferralParts, slotUsage } from "./usage-deferral";
import { doorbellParts, fullUsage, idleLookUsage, sparseUsage } from "./usage-doorbell";
import { showDollars, showWhole } from "./words";

/** One line of the bill. */
export interface CostLine {
  readonly part: UsedPart;
  readonly name: string;
  readonly why: string;
  /** At a full gateway: the lowest tier always has work, turns follow each other. */
  readonly fullPerRequest: number;
  readonly fullUsdPerMillion: number;
  /** At a sparse one: each request wakes the worker for itself. */
  readonly sparsePerRequest: number;
  readonly sparseUsdPerMillion: number;
}

export interface MonthlyLine {
  readonly name: string;
  readonly why: string;
  readonly usdPerMonth: number;
}

export interface CostFact {
  readonly currency: "USD";
  readonly region: string;
  /** Date of the oldest and of the newest page that a price was read from. */
  readonly pricesFrom: string;
  readonly pricesUntil: string;
  readonly lines: readonly CostLine[];
  readonly fullUsdPerMillion: number;
  readonly sparseUsdPerMillion: number;
  /** What the gateway itself costs, beside its requests. */
  readonly monthly: readonly MonthlyLine[];
  readonly usdPerMonth: number;
  /** A month at the rate reached, without a pause. */
  readonly busyRequestsPerMonth: number;
  readonly busyUsdPerMonth: number;
  /** An always-on poller in the gateway's place. */
  readonly pollerUsdPerMonth: number;
  /** Requests a month, coming one by one, from which on the poller is the cheaper one. */
  readonly pollerCheaperFromPerMonth: number;
  readonly comparison: string;
  readonly leftOut: string;
}

const HOURS_A_MONTH = 730;
const MINUTES_A_MONTH = HOURS_A_MONTH * 60;
/** Success, Calls, UsedShare, Duration, Wait, Age. */
const METRICS_A_TIER = 6;
const METRICS_LINE = "CloudWatch metrics";
const POLLS_LINE = "Lambda's polls";
/** Five pollers, each of which asks for 20 s. */
const POLLS_A_MONTH = (5 * HOURS_A_MONTH * 3_600) / 20;

/** What a million requests cost, by part, and what the gateway costs when it is idle. Pure. */
export function costFact(plan: GatewayPlan, pace: Pace): CostFact {
  const { full, sparse, parts } = usageOf(plan, pace);
  const lines = parts.map(
    ({ part, name, why }): CostLine => ({
      part,
      name,
      why,
      fullPerRequest: full[part],
      fullUsdPerMillion: costOf(part, full[part] * 1_000_000),
      sparsePerRequest: sparse[part],
      sparseUsdPerMillion: costOf(part, sparse[part] * 1_000_000),
    }),
  );
  const dates = Object.values(PRICES)
    .flatMap(({ date }) => date ?? [])
    .sort();
  const bill = {
    lines,
    fullUsdPerMillion: total(lines.map((line) => line.fullUsdPerMillion)),
    sparseUsdPerMillion: total(lines.map((line) => line.sparseUsdPerMillion)),
    monthly: monthlyLines(plan),
  };
  return {
    currency: "USD",
    region: PRICES_REGION,
    pricesFrom: dates[0] ?? "",
    pricesUntil: dates.at(-1) ?? "",
    ...bill,
    usdPerMonth: total(bill.monthly.map(({ usdPerMonth }) => usdPerMonth)),
    ...comparison(bill, pace),
    leftOut: LEFT_OUT,
  };
}

function usageOf(
  plan: GatewayPlan,
  pace: Pace,
): Record<"full" | "sparse", Usage> & { readonly parts: readonly Part[] } {
  const { dispatch } = plan;
  switch (dispatch.kind) {
    case "doorbell":
      return { full: fullUsage(plan, pace), sparse: sparseUsage(plan, pace), parts: doorbellParts(plan, dispatch) };
    case "deferral": {
      const usage = slotUsage(plan, dispatch, pace);
      return { full: usage, sparse: usage, parts: deferralParts(plan) };
    }
  }
}

const LEFT_OUT =
  "Left out: free tiers, taxes, traffic to the target, what SNS takes for deliveries and bytes (no page with that price could be read), storage of logs, and failed calls, each of which costs one more transition and call.";

/** What runs without a request: looks, polls, metrics. */
function monthlyLines(plan: GatewayPlan): MonthlyLine[] {
  const metrics = METRICS_A_TIER * plan.tiers.length;
  return [
    ...(plan.dispatch.kind === "doorbell" ? idleTurns(plan) : idleMappings(plan)),
    {
      name: METRICS_LINE,
      why: `${plan.tiers.length === 1 ? "" : `${metrics}: `}${METRICS_A_TIER} for ${plan.tiers.length === 1 ? "the tier when it" : "each tier that"} has calls, more when some fail`,
      usdPerMonth: costOf("metric", metrics),
    },
  ];
}

function idleTurns(plan: GatewayPlan): MonthlyLine[] {
  const usage = idleLookUsage(plan);
  const look = total(USED_PARTS.map((part) => costOf(part, usage[part])));
  return [
    {
      name: "a look every minute",
      why: "the schedule wakes the worker in case a wake-up message was lost",
      usdPerMonth: MINUTES_A_MONTH * (costOf("schedule", 1) + look),
    },
    {
      name: POLLS_LINE,
      why: "its five pollers ask the wake-up queue every 20 s",
      usdPerMonth: costOf("fifoRequest", POLLS_A_MONTH),
    },
  ];
}

const idleMappings = ({ tiers }: GatewayPlan): MonthlyLine[] => [
  {
    name: POLLS_LINE,
    why: `five pollers ask ${tiers.length === 1 ? "the tier's queue" : "each tier's queue"} every 20 s`,
    usdPerMonth: costOf("standardRequest", POLLS_A_MONTH * tiers.length),
  },
];

/**
 * Beside the smallest Fargate task, kept running: what people build instead. It has a queue of its own, with three
 * requests for each of its messages, and metrics like the gateway's.
 */
function comparison(
  bill: Pick<CostFact, "fullUsdPerMillion" | "sparseUsdPerMillion" | "monthly">,
  { startEveryUs }: Pace,
): Pick<
  CostFact,
  "busyRequestsPerMonth" | "busyUsdPerMonth" | "pollerUsdPerMonth" | "pollerCheaperFromPerMonth" | "comparison"
> {
  const requests = (HOURS_A_MONTH * 3_600_000_000) / startEveryUs;
  const busy = (bill.fullUsdPerMillion * requests) / 1_000_000;
  const poller = HOURS_A_MONTH * (costOf("fargateCpuHour", 0.25) + costOf("fargateGbHour", 0.5));
  const queue = costOf("standardRequest", 3_000_000);
  const own = total(bill.monthly.filter(({ name }) => name !== METRICS_LINE).map(({ usdPerMonth }) => usdPerMonth));
  const from = ((poller - own) / (bill.sparseUsdPerMillion - queue)) * 1_000_000;
  const words = [
    `Busy all month at the rate reached, that is ${showWhole(requests)} requests for ${showDollars(busy)}.`,
    `A poller of one's own that is always on (the smallest Fargate task, 0.25 vCPU and 0.5 GB on arm64) is ${showDollars(poller)} a month and ${showDollars(queue)} a million requests for its queue: cheaper from about ${showWhole(Number(from.toPrecision(2)))} requests a month on, and without waiting that costs nothing, retries, or a limit that outlives a crash.`,
  ];
  return {
    busyRequestsPerMonth: requests,
    busyUsdPerMonth: busy,
    pollerUsdPerMonth: poller,
    pollerCheaperFromPerMonth: from,
    comparison: words.join(" "),
  };
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

import { type Deployment, type Deployments, deploymentsOf, reportedSubject } from "../deployments";
import { parseDuration } from "../duration";
import { showWhole } from "../explain/words";
import { isMap, mergePatch, valueAt } from "../merge-patch";
import type { Path } from "../parse";
import { operationsOf } from "../places";
import { MAX_CALLS_PER_SECOND } from "../plan";
import { slotsOf } from "../plan-deferral";
import { plural } from "../plural";
import type { Project } from "../project";
import { parseRate } from "../rate";
import { defineRule, type Report, text } from "../rule";
import type { Json } from "../units";

/**
 * The most that any region refills by default in a second, that of us-east-1, us-west-2 and eu-west-1.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html, read 2026-11-24
 */
const STARTS_PER_SECOND = 300;
/** All other regions, from the same page. */
const STARTS_ELSEWHERE = 150;

/**
 * Lambda's default for an account in a region, and what of it must stay unreserved.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html, read 2026-11-24
 */
const ACCOUNT_CONCURRENCY = 1_000;
const UNRESERVED = 100;

/**
 * Executions that may be open at once in one account and region. What waits is an open execution.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html, read 2026-11-24
 */
const OPEN_EXECUTIONS = 1_000_000;

const messages = {
  starts: {
    what: text`${"gateways"} ${"take"} ${"sum"} requests a second together`,
    why: text`Each request is an execution, and Step Functions starts at most ${"quota"} a second for one account in one region (StartExecution; ${"elsewhere"} outside us-east-1, us-west-2 and eu-west-1). Deployed to one, not all of the limits could be used.`,
    mend: text`Ask AWS to raise the quota, or spread the gateways over accounts or regions.`,
  },
  concurrency: {
    what: text`${"gateways"} ${"reserve"} ${"sum"} units of Lambda's concurrency together`,
    why: text`One account has ${"account"} in one region, and ${"unreserved"} of them cannot be reserved: the last ones would fail to deploy.`,
    mend: text`Ask AWS to raise the quota, or spread the gateways over accounts or regions.`,
  },
  waiting: {
    what: text`${"gateways"} ${"let"} ${"sum"} requests wait, by rate and longest timeout`,
    why: text`Each is an open execution, and Step Functions holds ${"quota"} for one account in one region: beyond that the next one cannot be started, however long its timeout.`,
    mend: text`Shorten the longest timeout, ask AWS to raise the quota, or spread the gateways over accounts or regions.`,
  },
  budget: {
    what: text`${"gateways"} ${"reserve"} ${"sum"} ${"units"} of Lambda's concurrency in ${"environment"}`,
    why: text`sluice.yaml gives them ${"budget"} there (environments.${"environment"}.concurrency).`,
    mend: text`Raise it, or deploy fewer gateways there.`,
  },
};

type ReportAt = (demand: Demand) => Report<typeof messages>;

export const environmentQuotas = defineRule({
  id: "SL059",
  name: "environment-quotas",
  severity: "warning",
  messages,
  checkAll: (subjects, reportIn) => {
    const [asTheyAre, ...inEnvironments] = deploymentsOf(subjects).map(sumsOf);
    // An environment that asks for what the files as they are ask for would only repeat them.
    const isOwn = (sums: Sums) => QUOTAS.some((quota) => sums[quota].sum !== asTheyAre?.[quota].sum);
    for (const sums of asTheyAre ? [asTheyAre, ...inEnvironments.filter(isOwn)] : []) {
      const reportAt: ReportAt = ({ subject }) => reportIn(reportedSubject(subject, sums.environment));
      checkStarts(sums, reportAt);
      checkSlots(sums, reportAt);
      checkWaiting(sums, reportAt);
    }
    for (const sums of inEnvironments) {
      const reportAt: ReportAt = ({ subject }) => reportIn(reportedSubject(subject, sums.environment));
      checkBudget(sums, subjects[0]?.project, reportAt);
    }
  },
});

function checkStarts({ count, starts }: Sums, reportAt: ReportAt): void {
  if (!starts.largest || starts.sum <= STARTS_PER_SECOND) return;
  const sum = Number(starts.sum.toFixed(1));
  const holes = { ...gatewayWords(count), sum, quota: STARTS_PER_SECOND, elsewhere: STARTS_ELSEWHERE };
  reportAt(starts.largest)("starts", { path: ["rateLimit"] }, holes);
}

function checkSlots({ count, slots }: Sums, reportAt: ReportAt): void {
  if (!slots.largest || slots.sum <= ACCOUNT_CONCURRENCY - UNRESERVED) return;
  const holes = { ...gatewayWords(count), account: ACCOUNT_CONCURRENCY, unreserved: UNRESERVED, sum: slots.sum };
  reportAt(slots.largest)("concurrency", { path: reservedPath(slots.largest.value) }, holes);
}

function checkWaiting({ count, waiting }: Sums, reportAt: ReportAt): void {
  if (!waiting.largest || waiting.sum <= OPEN_EXECUTIONS) return;
  const holes = { ...gatewayWords(count), sum: showWhole(waiting.sum), quota: showWhole(OPEN_EXECUTIONS) };
  const path = ["tiers", longestTier(waiting.largest.value).rank, "timeout"];
  reportAt(waiting.largest)("waiting", { path }, holes);
}

function checkBudget({ environment, count, slots }: Sums, project: Project | undefined, reportAt: ReportAt): void {
  const budget = budgetOf(project, environment);
  if (environment === undefined || budget === undefined || !slots.largest || slots.sum <= budget) return;
  const holes = { ...gatewayWords(count), sum: slots.sum, units: slots.sum === 1 ? "unit" : "units" };
  reportAt(slots.largest)("budget", { path: reservedPath(slots.largest.value) }, { ...holes, environment, budget });
}

/** `1 gateway` takes, `2 gateways` take. */
function gatewayWords(count: number) {
  const s = count === 1 ? "s" : "";
  return { gateways: plural(count, "gateway"), take: `take${s}`, reserve: `reserve${s}`, let: `let${s}` };
}

/** What the repository lets all gateways of an environment reserve together. */
const budgetOf = (project: Project | undefined, environment: string | undefined): number | undefined =>
  environment === undefined ? undefined : project?.settings?.environments[environment]?.concurrency;

/** What all gateways of an environment ask for together, by quota. */
const QUOTAS = ["starts", "slots", "waiting"] as const;

type Sums = ReturnType<typeof sumsOf>;

function sumsOf({ environment, gateways }: Deployments) {
  const demands = gateways.flatMap((gateway) => instancesOf(gateway).map(demandOf));
  return {
    environment,
    count: demands.length,
    starts: sumOf(demands, ({ startsPerSecond }) => startsPerSecond),
    slots: sumOf(demands, ({ slots }) => slots),
    waiting: sumOf(demands, ({ waiting }) => waiting),
  };
}

/** The least that a gateway asks of its account when it has work. */
interface Demand extends Deployment {
  readonly startsPerSecond: number;
  readonly slots: number;
  /** Requests that can wait and still be called before the longest timeout that the file states. */
  readonly waiting: number;
}

function instancesOf({ subject, value }: Deployment): Deployment[] {
  const instances = valueAt(value, ["instances"]);
  const patches = (Array.isArray(instances) ? instances : []).filter(isMap);
  if (patches.length === 0) return [{ subject, value }];
  return patches.map((patch) => ({ subject, value: mergePatch(value, patch) }));
}

function demandOf(deployment: Deployment): Demand {
  const { value } = deployment;
  const perSecond = startsPerSecond(value);
  const waiting = (perSecond * longestTier(value).timeoutUs) / 1_000_000;
  return { ...deployment, startsPerSecond: perSecond, slots: reservedBy(value), waiting };
}

/** The requests that the limits let through in the long run, if each takes one call of the least cost. */
function startsPerSecond(value: Json): number {
  const stated = valueAt(value, ["rateLimit"]);
  const texts = [...(Array.isArray(stated) ? stated : [stated]), valueAt(value, ["quota", "calls"])];
  const rates = texts.map((text) => parseRate(String(text))).filter((rate) => rate !== undefined);
  const costs = operationsOf(value).map(([, { cost }]) => (typeof cost === "number" && cost >= 1 ? cost : 1));
  if (rates.length === 0 || costs.length === 0) return 0;
  const callsPerSecond = Math.min(...rates.map(({ calls, windowUs }) => (calls * 1_000_000) / windowUs));
  // Above what one worker does, rate-too-fast speaks.
  return Math.min(callsPerSecond, MAX_CALLS_PER_SECOND) / Math.min(...costs);
}

/** Of the tiers that are stated: nobody is told of a default that they never chose. */
function longestTier(value: Json): { readonly rank: number; readonly timeoutUs: number } {
  const tiers = valueAt(value, ["tiers"]);
  const timeouts: number[] = (Array.isArray(tiers) ? tiers : []).map(
    (tier) => parseDuration(String(valueAt(tier, ["timeout"]))) ?? 0,
  );
  const timeoutUs = Math.max(0, ...timeouts);
  return { rank: timeouts.indexOf(timeoutUs), timeoutUs };
}

function reservedBy(value: Json): number {
  if (valueAt(value, ["worker", "dispatch"]) !== "deferral") return 1;
  const slots = valueAt(value, ["worker", "slots"]);
  if (typeof slots === "number" && slots >= 1) return slots;
  const [tiers, concurrency] = [valueAt(value, ["tiers"]), valueAt(value, ["concurrency"])];
  const rate = parseRate(String(valueAt(value, ["rateLimit"])));
  const keys = { tiers: Array.isArray(tiers) ? tiers : USUAL_TIERS, worker: undefined };
  return slotsOf({ ...keys, concurrency: typeof concurrency === "number" ? concurrency : undefined }, rate);
}

/** As many as a file has that states none. */
const USUAL_TIERS = ["HIGH", "NORMAL", "BATCH"];

function reservedPath(value: Json): Path {
  if (valueAt(value, ["worker", "dispatch"]) !== "deferral") return ["name"];
  return ["worker", valueAt(value, ["worker", "slots"]) === undefined ? "dispatch" : "slots"];
}

function sumOf(demands: readonly Demand[], of: (demand: Demand) => number) {
  const [first, ...others] = demands;
  const largest = first && others.reduce((best, one) => (of(one) > of(best) ? one : best), first);
  return { largest, sum: demands.reduce((total, demand) => total + of(demand), 0) };
}

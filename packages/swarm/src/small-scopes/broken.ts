import { type Micros, seconds, us } from "@sluice/dsl";
import { type Arrival, mostInWindow, type Reaction, type Simulation } from "@sluice/local";
import type { Deployment } from "../deploy";
import type { Invariant, Violation } from "../outcome";

/** An arrival and what the target made of it. */
export interface Answered {
  readonly arrival: Arrival;
  readonly reaction: Reaction;
}

/** What the outside saw of a run, and what may excuse it. */
export interface Seen {
  readonly gateway: Deployment;
  readonly answers: readonly Answered[];
  /** No worker died and no call to AWS failed: what only a crash or a lost answer excuses is not excused. */
  readonly isCalm: boolean;
  /** The longest that a process stood still between decision and bytes. */
  readonly longestPauseUs: Micros;
}

/**
 * What a run broke, in words; empty when it kept everything. Only what the outside sees is asked: the target's log and
 * the executions' ends.
 */
export function broken(world: Simulation, seen: Seen): Violation[] {
  return [
    ...of("rate", [...overLimit(world, seen), ...tooManyOpen(seen)]),
    ...of("conservation", unended(world)),
    ...of("once", repeated(seen)),
    ...of("honesty", dishonest(world, seen)),
    ...of("obedience", disobedient(seen)),
  ];
}

const of = (invariant: Invariant, messages: readonly string[]): Violation[] =>
  messages.map((message) => ({ invariant, message }));

function overLimit(world: Simulation, { gateway }: Seen): string[] {
  const { rate } = gateway.plan.limit;
  if (rate === undefined) return [];
  const arrivals = world.target.arrivals.map(({ atUs }) => atUs);
  const most = mostInWindow(arrivals, rate.windowUs);
  return most > rate.calls ? [`${most} calls in a window of ${rate.text}`] : [];
}

function unended(world: Simulation): string[] {
  const waiting = [...world.started].filter((name) => !world.ended.has(name));
  return waiting.length > 0 ? [`${waiting.length} never ended: ${waiting.slice(0, 5).join(", ")}`] : [];
}

/** What a call that may not be repeated came to is never risked a second time; a refusal is nothing done. */
function repeated({ gateway, answers, isCalm }: Seen): string[] {
  const isRepeatable = (name: string) => gateway.plan.operations.some((one) => one.name === name && one.repeatable);
  return [...byName(answers)].flatMap(([name, own]) => {
    const taken = own.filter(({ reaction }) => statusOf(reaction) !== 429);
    const attempts = new Set(own.map(({ arrival }) => arrival.context.attempt));
    const mayRepeat = own.every(({ arrival }) => isRepeatable(arrival.operation));
    if (!mayRepeat && taken.length > 1) return [`${name} may not be repeated and was done ${taken.length} times`];
    if ((!mayRepeat || isCalm) && attempts.size < own.length) return [`${name} was called twice in one attempt`];
    return [];
  });
}

/** Each end is one that the target's log bears out. */
function dishonest(world: Simulation, { gateway, answers, isCalm }: Seen): string[] {
  const calls = byName(answers);
  return [...world.ended].flatMap(([name, end]) => {
    const own = calls.get(name) ?? [];
    const statuses = own.map(({ reaction }) => heardStatus(reaction, gateway));
    const lies = [...lieOf(end, own, statuses), ...(isCalm ? ignoranceOf(end, statuses) : [])];
    return lies.map((lie) => `${name}: ${lie} (${end.error ?? end.status}; the target said ${statuses.join(", ")})`);
  });
}

type End = Simulation["ended"] extends ReadonlyMap<string, infer Value> ? Value : never;

/** What an end says and the target denies. */
function lieOf({ status, error, cause, output }: End, own: Answered[], statuses: (number | undefined)[]): string[] {
  if (status === "SUCCEEDED") {
    return statuses.includes(200) && output?.includes('"ok":true') ? [] : ["success without one"];
  }
  if (error === "Gateway.Rejected" && !statuses.includes(404)) return ["rejected by nobody"];
  if (error === "Gateway.Throttled" && !statuses.includes(429)) return ["throttled by nobody"];
  if (error === "Gateway.InvalidRequest") return ["a request that was fine"];
  if (error === "Gateway.Expired" && cause?.includes("No call was made")) {
    const { attempt }: { attempt: number } = JSON.parse(cause);
    if (own.some(({ arrival }) => arrival.context.attempt === attempt)) return ["said to be uncalled, and was called"];
  }
  return [];
}

/** What a worker that lived and was heard must have known. */
function ignoranceOf({ status, error }: End, statuses: (number | undefined)[]): string[] {
  const last = statuses.at(-1);
  if (status !== "SUCCEEDED" && last === 200) return ["done and not told"];
  if (error !== "Gateway.Unknown") return [];
  if (statuses.length === 0) return ["unknown without a call"];
  return last !== undefined && last < 500 ? ["unknown although answered"] : [];
}

/** What an answer needs back to the worker and through its loop. */
const WAY_BACK: Micros = us(150_000);
/** A path that varies, and a clock that counts milliseconds. */
const SLACK: Micros = us(50_000);

/** A target that asked to be left alone is, by the process that heard it and by all that come after. */
function disobedient({ answers, isCalm, longestPauseUs }: Seen): string[] {
  if (!isCalm) return [];
  const quiet = answers.flatMap(({ arrival, reaction }) => {
    const asked =
      reaction.end === "hang" || reaction.end.kind !== "answer" ? undefined : reaction.end.headers["retry-after"];
    const answeredAt = arrival.atUs + reaction.latencyUs;
    if (asked === undefined) return [];
    return [{ from: answeredAt + WAY_BACK + longestPauseUs, until: answeredAt + seconds(Number(asked)) - SLACK }];
  });
  return answers.flatMap(({ arrival }) => {
    const hit = quiet.find(({ from, until }) => arrival.atUs > from && arrival.atUs < until);
    const early = hit === undefined ? 0 : (hit.until - arrival.atUs) / 1_000_000;
    return hit === undefined ? [] : [`${nameOf(arrival)} came ${early} s before Retry-After was over`];
  });
}

/** Open as the worker sees it: a call without an answer is open for its response timeout, and then for one more. */
function tooManyOpen({ gateway, answers, isCalm }: Seen): string[] {
  if (!isCalm) return [];
  const { openCalls, timeouts } = gateway.plan;
  const spans = answers.map(({ arrival, reaction }) => {
    const isAnswered = reaction.end !== "hang" && reaction.latencyUs < timeouts.responseUs;
    const openUs = isAnswered ? reaction.latencyUs : 2 * timeouts.responseUs - SLACK;
    return { from: arrival.atUs, until: arrival.atUs + openUs };
  });
  const open = spans.map(({ from: at }) => spans.filter(({ from, until }) => from <= at && at < until).length);
  const most = Math.max(0, ...open);
  return most > openCalls ? [`${most} calls open, and ${openCalls} may be`] : [];
}

const statusOf = ({ end }: Reaction): number | undefined =>
  end !== "hang" && end.kind === "answer" ? end.status : undefined;

/** Undefined when the worker had given up by then. */
const heardStatus = (reaction: Reaction, { plan }: Deployment): number | undefined =>
  reaction.latencyUs < plan.timeouts.responseUs ? statusOf(reaction) : undefined;

const nameOf = ({ context }: Arrival): string => context.execution.slice(context.execution.lastIndexOf(":") + 1);

function byName(answers: readonly Answered[]): Map<string, Answered[]> {
  const all = new Map<string, Answered[]>();
  for (const answer of answers) all.set(nameOf(answer.arrival), [...(all.get(nameOf(answer.arrival)) ?? []), answer]);
  return all;
}

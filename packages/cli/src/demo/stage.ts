import { setMaxListeners } from "node:events";
import { SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { type DispatchPlan, ms } from "@sluice/dsl";
import { type LocalWorld, runNaive } from "@sluice/local";
import { parseEnvelope } from "@sluice/runtime";
import type { Cleanup } from "../cleanup";
import { pause } from "../interrupt";
import type { Io } from "../io";
import { refusalOf, windowOf } from "../stand-ins";
import type { Lane } from "./lane";
import { Ledger } from "./ledger";
import { nowMs } from "./now";
import type { Stage, Stages } from "./prepare";
import { type Kill, reportOf } from "./reckon";
import type { DemoReport } from "./report";
import { KILLED_FILE } from "./samples";
import type { Screen } from "./screen";
import { traffic } from "./traffic";

export interface Performance {
  /** Length of the run, drained queues included. */
  readonly runMs: number;
  readonly seed: number;
  readonly dispatch: DispatchPlan["kind"];
  readonly io: Io;
  readonly screen: Screen;
  readonly cleanup: Cleanup;
}

/** When the worker is killed, as a part of the run; in a run of a minute a little earlier, for the next reason. */
const KILL_AT = 0.4;
/**
 * Before the run's end at the latest by this: what the worker had in its hands shows again after its messages'
 * visibility (33 s) and what is left of a receive, while other requests still ring for it. Later only the sweep would.
 */
const KILL_BEFORE_END_MS = 40_000;
/** What the kill costs its gateway at most: the bells' hold, a cold start, an interval. */
const OUTAGE_MS = 11_500;
/**
 * After the run nothing is waited for longer than this; what has not ended then counts as lost. It covers what a killed
 * worker had in its hands: the visibility of its messages, and then the next sweep where nothing else rings.
 */
const GRACE_MS = 100_000;
const LOOK_EVERY_MS = 100;
const MARGIN_MS = 1_000;

/** Sends the traffic, kills a worker in the middle, waits for every end, and reports what the targets saw. */
export async function runStages({ world, stages }: Stages, performance: Performance): Promise<DemoReport> {
  const { io, screen, runMs, cleanup } = performance;
  const lanes = stages.map((stage) => laneOf(stage, performance));
  const client = newClient(world);
  cleanup.add(() => client.destroy());
  cleanup.add(follow(world, lanes));
  screen.title(`Run, ${runMs / 1_000} s`);
  for (const lane of lanes) screen.say(describe(lane));
  const beganAtMs = nowMs();
  const naive = startNaive(lanes, performance);
  const [kill] = await Promise.all([
    killWorker(lanes, world, beganAtMs, performance),
    untilAllEnded(lanes, beganAtMs, performance),
    ...lanes.map((lane) => sendAll(lane, client, beganAtMs, io)),
  ]);
  await naive.end();
  return reportOf(lanes, beganAtMs, kill, performance.dispatch);
}

function laneOf(stage: Stage, { runMs, seed }: Performance): Lane {
  const { plan, sample } = stage;
  const asks = traffic({
    shape: sample.shape,
    tiers: plan.tiers.map(({ name }) => name),
    ratePerSecond: 1_000_000 / plan.limit.intervalUs,
    runMs,
    outageMs: plan.dispatch.kind === "doorbell" && sample.file === KILLED_FILE ? OUTAGE_MS : 0,
    seed,
  });
  return { stage, asks, ledger: new Ledger(asks.length) };
}

/** The naive limiters, each with its gateway's traffic and a target of its own. They end when told to. */
function startNaive(lanes: readonly Lane[], { io, cleanup }: Performance): { end(): Promise<void> } {
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, io.interrupt]);
  setMaxListeners(0, signal); // Each open call listens to it.
  const running = lanes.map(({ stage: { plan, naiveTarget, sample }, asks }) =>
    runNaive({
      targetUrl: naiveTarget.url,
      limit: windowOf(plan),
      arrivals: asks.map(({ atMs, tier }) => ({ atUs: ms(atMs), tier, operation: sample.operation, request: null })),
      refusedStatus: refusalOf(plan),
      signal,
    }),
  );
  const end = async (): Promise<void> => {
    stop.abort();
    await Promise.all(running);
  };
  cleanup.add(end);
  return { end };
}

/** An emulated account takes any credentials. */
const newClient = ({ endpoint, region }: LocalWorld): SFNClient =>
  new SFNClient({ endpoint, region, credentials: { accessKeyId: "local", secretAccessKey: "local" } });

/** Every end of an execution goes into its gateway's ledger. @returns stops that */
const follow = (world: LocalWorld, lanes: readonly Lane[]): (() => void) =>
  world.services.stepFunctions.onEnded((end) => {
    const name = end.arn.split(":").at(-2);
    lanes.find(({ stage }) => stage.stateMachineArn.endsWith(`:${name}`))?.ledger.noteEnd(end);
  });

function describe({ stage, asks }: Lane): string {
  const byTier = stage.plan.tiers.map(({ name }) => `${asks.filter(({ tier }) => tier === name).length} ${name}`);
  const shape = stage.sample.shape === "backlog" ? "an endless backlog, HIGH throughout" : "gusts after silence";
  return `${stage.plan.name}: ${shape}; ${asks.length} requests (${byTier.join(", ")})`;
}

async function sendAll(lane: Lane, client: SFNClient, beganAtMs: number, io: Io): Promise<void> {
  const { asks, ledger } = lane;
  const starts: Promise<void>[] = [];
  for (const [n, { atMs, tier }] of asks.entries()) {
    await pause(beganAtMs + atMs - nowMs(), io.interrupt);
    const started = start(lane, n, tier, client).then(({ arn, startDate }) => ledger.noteStart(arn, tier, startDate));
    started.catch(() => undefined); // Told below; after an interrupt nobody waits for it any more.
    starts.push(started);
  }
  await Promise.all(starts);
}

async function start(
  { stage }: Lane,
  n: number,
  tier: string,
  client: SFNClient,
): Promise<{ readonly arn: string; readonly startDate: Date }> {
  const { operation } = stage.sample;
  const input = JSON.stringify({ operation, tier, request: stage.sample.request(n) });
  const command = new StartExecutionCommand({ stateMachineArn: stage.stateMachineArn, name: `demo-${n}`, input });
  const { executionArn, startDate } = await client.send(command);
  if (executionArn === undefined || startDate === undefined) throw new Error("StartExecution answered no execution");
  return { arn: executionArn, startDate };
}

/** A shorter run than a minute has no room for both, and waits for the sweep. */
const killAfterMs = (runMs: number): number =>
  Math.max(Math.min(runMs * KILL_AT, runMs - KILL_BEFORE_END_MS), runMs / 4);

async function killWorker(
  lanes: readonly Lane[],
  world: LocalWorld,
  beganAtMs: number,
  { runMs, io, screen }: Performance,
): Promise<Kill> {
  const victim = lanes.find(({ stage }) => stage.sample.file === KILLED_FILE);
  if (victim === undefined) throw new Error(`${KILLED_FILE} is no sample`);
  const { plan, functionName } = victim.stage;
  await pause(beganAtMs + killAfterMs(runMs) - nowMs(), io.interrupt);
  // Between two turns there is nobody to kill; the next one begins within moments.
  // In deferral one of several slots.
  while (world.services.lambda.killRunning(functionName, 1) === 0) await pause(20, io.interrupt);
  const atMs = nowMs();
  screen.say(`${plan.name}: its worker was killed with SIGKILL.`);
  // The slot is free at once, and what pollers hold cannot be told from what the dead worker held.
  if (plan.dispatch.kind === "deferral") return { atMs, held: new Set() };
  const { turn } = plan.dispatch;
  const waiting = new Set(victim.ledger.waiting());
  // Only what its bells' hold has ended can another worker begin; until then all that is in flight is the dead one's.
  // Some of it was handed to a receive that it had open, and that nobody read any more.
  await pause((turn.bellHoldUs - turn.bellRenewUs) / 1_000 - MARGIN_MS, io.interrupt);
  const asked = new Set([...waiting, ...victim.ledger.waiting()]);
  return { atMs, held: new Set(inHands(world, victim.stage).filter((execution) => asked.has(execution))) };
}

/** Executions whose messages were received and not deleted. */
function inHands({ services, stacks }: LocalWorld, { stateMachineArn }: Stage): string[] {
  const names = stacks.find((stack) => stack.stateMachineArn === stateMachineArn)?.queueNames ?? [];
  const queues = names.flatMap((name) => services.sqs.queue(name) ?? []);
  // The bells' queue is the one FIFO queue; a bell is no request.
  const messages = queues.filter(({ settings }) => !settings.isFifo).flatMap((queue) => queue.inFlight());
  return messages.flatMap(({ body }) => parseEnvelope(body)?.execution ?? []);
}

/** Resolves when every request of the gateways has ended, or when that takes too long. */
async function untilAllEnded(
  lanes: readonly Lane[],
  beganAtMs: number,
  { runMs, io, screen }: Performance,
): Promise<void> {
  const deadline = beganAtMs + runMs + GRACE_MS;
  while (nowMs() < deadline) {
    await pause(LOOK_EVERY_MS, io.interrupt);
    if (lanes.every(({ ledger }) => ledger.isComplete)) return;
    const states = lanes.map(({ stage, ledger }) => `${stage.plan.name} ${ledger.endedCount}/${ledger.startedCount}`);
    screen.progress(`${Math.round((nowMs() - beganAtMs) / 1_000)} s, ended/started: ${states.join(", ")}`);
  }
}

import { type Json, type Micros, us } from "@sluice/dsl";
import { type AwaitPoint, answered, type Cloud, type Queue, type Simulation, simulate } from "@sluice/local";
import type { Deployment } from "../deploy";
import type { Violation } from "../outcome";
import { ChosenRandom } from "./chosen-random";
import { type Allowance, Course, CRASH, type Fork, FREE } from "./course";
import { allowanceOf, requestsOf, type Scope } from "./scope";
import { type Happened, ScopeClock } from "./scope-clock";
import { Verdict } from "./verdict";

/** How one run went. */
export interface ScopeRun {
  readonly forks: readonly Fork[];
  readonly happened: readonly Happened[];
  /** It was given up where it came to a state that had been seen. */
  readonly isPruned: boolean;
  readonly violations: readonly Violation[];
  readonly endedAtUs: Micros;
}

/** A request that has not ended by then never will. */
const LONGEST_RUN: Micros = us(10 * 60_000_000);
const ANSWER_AFTER: Micros = us(150_000);

/** What something loose may take: longer than from one start of a slot to its next. */
export const lateUsOf = ({ plan: { dispatch, limit } }: Deployment): Micros =>
  us(Math.ceil(1.25 * (dispatch.kind === "deferral" ? dispatch.intervalUs : limit.intervalUs)));

/** What the runs of one exploration share. */
export interface Stage {
  readonly gateway: Deployment;
  readonly clock: ScopeClock;
  readonly random: ChosenRandom;
}

export function newStage(gateway: Deployment): Stage {
  const clock = new ScopeClock(lateUsOf(gateway));
  return { gateway, clock, random: new ChosenRandom(clock) };
}

/**
 * One run of a scope.
 *
 * @param given the choices at its first forks; the plain option at all others
 * @param isKnown asked at every state beyond the given choices: true gives the run up
 * @throws RangeError when a given choice is none
 */
export async function runScope(
  scope: Scope,
  { gateway, clock, random }: Stage,
  given: readonly number[],
  isKnown: (state: string, left: Allowance) => boolean = () => false,
): Promise<ScopeRun> {
  const course = new Course(given, allowanceOf(scope));
  const pollers = POLLERS[scope.dispatch];
  clock.begin(course, pollers);
  const verdict = new Verdict(gateway, clock.lateUs);
  const world = await simulate({
    ...gateway,
    seed: 1,
    clock,
    random,
    workerNetwork: (cloud) => looseNetwork(clock, cloud),
    faults: { callWithinUs: us(0), deliveryWithinUs: clock.lateUs },
    pathVariesUs: us(gateway.plan.limit.jitterUs - gateway.plan.limit.latenessUs),
    placement: scope.slots > 1 ? { kind: "any", environments: scope.slots } : { kind: "reuse" },
    processFaults: { crash: (point) => fateAt(clock, verdict, pollers, point) },
    target: {
      react: (arrival) => {
        const reaction = answered(ANSWER_AFTER);
        verdict.called(arrival, reaction);
        clock.touch("target");
        clock.askedBy({ label: "the target answers", kind: "answer", thing: "target" });
        return reaction;
      },
    },
  });
  verdict.begin(world);
  for (const { name, tier } of requestsOf(scope)) {
    const asker = { label: `${name} is asked for`, kind: "arrival", thing: `execution ${name}` } as const;
    clock.soon(asker, () => world.send(tier, name, { operation: "order" }));
  }
  const isPruned = await pass(world, clock, scope, verdict, isKnown);
  if (!isPruned) await verdict.over(world);
  return {
    forks: course.forks,
    happened: clock.happened,
    isPruned,
    violations: isPruned ? [] : verdict.violations,
    endedAtUs: clock.now(),
  };
}

/** Lets everything happen until all is over. @returns whether it was given up in a state that is known */
async function pass(
  world: Simulation,
  clock: ScopeClock,
  scope: Scope,
  verdict: Verdict,
  isKnown: (state: string, left: Allowance) => boolean,
): Promise<boolean> {
  const { course } = clock;
  const queues = watchedQueues(world);
  let sizes = queues.map(([, queue]) => sizeOf(queue));
  let running = runningIn(world);
  let isPruned = false;
  const goesOn = (): boolean => {
    verdict.tick(world);
    if (course.isOpen && isServed(world, scope)) course.isOpen = false;
    if (clock.now() > LONGEST_RUN || (!course.isOpen && isAtRest(world))) return false;
    if (course.isOpen && course.isBeyondGiven) isPruned = isKnown(clock.state(), course.left);
    return !isPruned;
  };
  clock.afterStep = () => {
    const now = queues.map(([, queue]) => sizeOf(queue));
    queues.forEach(([name], at) => {
      if (now[at] === sizes[at]) return;
      clock.touch(name);
      clock.detail(`${name} ${now[at]}`);
    });
    sizes = now;
    // A slot that was taken, or is free again.
    if (running !== runningIn(world)) clock.touch(POLLERS[scope.dispatch]);
    running = runningIn(world);
  };
  await clock.run({ while: goesOn });
  return isPruned;
}

const isServed = (world: Simulation, { requests }: Scope): boolean =>
  world.counts().ended === requests && Object.values(world.depths()).every((count) => count === 0);

const isAtRest = (world: Simulation): boolean =>
  runningIn(world) === "" && watchedQueues(world).every(([, queue]) => sizeOf(queue) === EMPTY);

/** The environments in which an invocation runs. */
const runningIn = ({ stack, services }: Simulation): string =>
  stack.functionNames
    .flatMap((name) => services.lambda.environments(name).filter(({ isRunning }) => isRunning))
    .map(({ id }) => id)
    .join(" ");

/** The tiers' queues and the bells', by the names that they have as things. */
function watchedQueues({ stack, services }: Simulation): (readonly [thing: string, queue: Queue])[] {
  return stack.functionNames.flatMap((name) => {
    const { SLUICE_TIER_QUEUE_URLS: tiers = "{}", SLUICE_BELL_QUEUE_URL: bells } =
      services.lambda.deployed(name).environment;
    const urls = [
      ...Object.values(JSON.parse(tiers) as Record<string, string>),
      ...(bells === undefined ? [] : [bells]),
    ];
    return urls.flatMap((url) => {
      const queue = services.sqs.queue(lastPart(url));
      return queue === undefined ? [] : [[queueThing(url), queue] as const];
    });
  });
}

/** Messages that wait there, and those in somebody's hands. */
function sizeOf(queue: Queue): string {
  const { visible, inFlight } = queue.size();
  return `${visible}+${inFlight}`;
}

/** A worker's call reaches AWS at some time after it was made, and its answer the worker at some time after that. */
const looseNetwork = (clock: ScopeClock, cloud: Cloud): Cloud => ({
  call(principal, service, operation, input) {
    const worker = clock.takeHearer();
    const thing = thingOf(input);
    const what = `${service} ${operation}, ${thing}`;
    return new Promise((resolve, reject) => {
      const hear = (tell: () => void) =>
        clock.soon({ label: `${worker} hears of ${what}`, kind: "answer", thing: worker, hearer: worker }, tell);
      clock.soon({ label: `${worker}: ${what}`, kind: "call", thing }, () => {
        cloud.call(principal, service, operation, input).then(
          (output) => hear(() => resolve(output)),
          (error: unknown) => hear(() => reject(error)),
        );
      });
    });
  },
});

/** What a call of a worker's reads or changes: a queue, an item of the gate, an execution. */
function thingOf(input: Json): string {
  const { QueueUrl, Key, Item, taskToken } = input as Readonly<Record<string, Json>>;
  if (typeof QueueUrl === "string") return queueThing(QueueUrl);
  if (typeof taskToken === "string") {
    const [, execution = ""] = taskToken.split("/");
    return `execution ${lastPart(execution, ":")}`;
  }
  const key = (Key ?? Item) as { readonly pk?: { readonly S?: string } } | undefined;
  return `the gate's ${key?.pk?.S?.slice(0, 12) ?? ""}`;
}

const queueThing = (url: string): string => `queue ${lastPart(lastPart(url), "-")}`;

const lastPart = (text: string, separator = "/"): string => text.slice(text.lastIndexOf(separator) + 1);

/** Whether a worker dies at this await; and who it is that asks for what comes next. */
function fateAt(
  clock: ScopeClock,
  verdict: Verdict,
  pollers: string,
  { environmentId, label }: AwaitPoint,
): "before" | "after" | undefined {
  const worker = `worker ${lastPart(environmentId, "-")}`;
  clock.touch(worker);
  const fate = (["lives", "before", "after"] as const)[clock.course.choose([FREE, CRASH, CRASH])] ?? "lives";
  clock.mark(`${worker} ${label} ${fate}`);
  const kind = label === "connect" ? "answer" : "timer";
  clock.askedBy({ label: `${worker}: ${label}`, kind, thing: worker, hearer: worker });
  verdict.lives(worker);
  if (fate === "lives") return undefined;
  // Its end is its pollers' business too: they ask for the next.
  clock.bind(worker, pollers);
  clock.tell(`${worker} dies ${fate} ${label}`);
  verdict.crashed(worker);
  return fate;
}

const EMPTY = "0+0";

/**
 * What Lambda's pollers touch: with the doorbell the bells, which the sweep is about, too. In deferral several queues'
 * pollers share the slots.
 */
const POLLERS = { doorbell: "queue bell.fifo", deferral: "the pollers" } as const;

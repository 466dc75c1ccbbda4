import type { Change, ChangeFacts, LimitFacts, OutcomeRule, RequestPart } from "@sluice/dsl";
import { type Micros, showDuration, us } from "@sluice/dsl";
import { plural } from "./words";

/** What one change says to people; each part is a sentence or more, and what is missing does not change. */
export interface ChangeWords {
  readonly what: string;
  readonly callers?: string;
  readonly target?: string;
  /** What becomes of requests that have been asked and not answered. */
  readonly waiting?: string;
  /** What to do, and when. */
  readonly deploy?: string;
}

/** Shows a piece of the user's own text, so that nothing in it is taken for markup. */
export type Quote = (text: string) => string;

type Words<Kind extends ChangeFacts["kind"]> = (change: Extract<Change, { kind: Kind }>, quote: Quote) => ChangeWords;

/** A change in words. */
export function wordsOf(change: Change, quote: Quote): ChangeWords {
  // Each entry takes its own kind; that the kind is that of the change, the types cannot follow.
  const say = WORDS[change.kind] as (change: Change, quote: Quote) => ChangeWords;
  return say(change, quote);
}

const DRAIN =
  "Stop starting executions, wait until none is running, then deploy, and start again when the deployment is through.";

const addedGateway: Words<"gateway-added"> = ({ host, secrets }, quote) => ({
  what: "A new gateway: a stack of its own.",
  target: `${quote(host)} is called by it from now on.`,
  deploy: [
    secrets.length > 0 ? `First put into Secrets Manager: ${list(secrets, quote)}.` : "",
    "If a gateway of this name was deployed before and removed, its queues and its table are still there and their names are taken: read the queues empty and delete both first.",
  ]
    .filter((sentence) => sentence !== "")
    .join(" "),
});

const removedGateway: Words<"gateway-removed"> = ({ host, tiers }, quote) => ({
  what: "The gateway is removed from the files. Its stack is still deployed, and works on, until somebody destroys it.",
  callers: "When the stack is destroyed, whoever starts an execution of its state machine gets an error.",
  target: `${quote(host)} is called until then, up to the limit.`,
  waiting: `The queues of ${list(tiers)} outlive the stack, but then nobody reads them: what waits there is never called, and its caller gets no answer.`,
  deploy:
    "Stop starting executions, wait until none is running, then destroy the stack, and delete its queues and its table, which stay.",
});

const renamedGateway: Words<"gateway-renamed"> = ({ before, after, host, bothPerSecond }, quote) => ({
  what: `${before} is now called ${after}. For AWS that is a new stack, with new queues and a new state machine, beside the old one, which stays deployed until somebody destroys it.`,
  callers: `They find another state machine: the one under the name ${after}. Those who do not change over ask the old one.`,
  target: `While both are deployed, ${quote(host)} gets up to ${plural(bothPerSecond, "call")} a second: neither knows of the other.`,
  waiting: `They wait in the queues of ${before}, and only its own worker calls them.`,
  deploy: `Stop starting executions of ${before}, wait until none is running, destroy its stack, then deploy ${after} and let callers change over.`,
});

const renamedEnvironment: Words<"environment-renamed"> = ({ gateway, before, after, host, bothPerSecond }, quote) => ({
  what: `The environment ${before} is now called ${after}. For AWS that is a new stack of ${gateway}, with new queues and a new state machine, beside that of ${before}, which stays deployed until somebody destroys it.`,
  callers: `They find another state machine: the one of ${after}. Those who do not change over ask the old one.`,
  target: `While both are deployed, ${quote(host)} gets up to ${plural(bothPerSecond, "call")} a second: neither knows of the other.`,
  waiting: `They wait in the queues of ${before}, and only its own worker calls them.`,
  deploy: `Stop starting executions of ${gateway} in ${before}, wait until none is running, destroy its stack, then deploy ${after} and let callers change over.`,
});

const renamedStack: Words<"stack-renamed"> = ({ gateway, before, after, host, bothPerSecond }, quote) => ({
  what: `The stack of ${gateway} is now called ${after} instead of ${before} (naming of sluice.yaml). For AWS everything in it is new: queues, topics, worker, table and state machine. The old stack stays deployed until somebody destroys it.`,
  callers: "They find another state machine. Those who do not change over ask the old one.",
  target: `If both were deployed, ${quote(host)} would get up to ${plural(bothPerSecond, "call")} a second: neither knows of the other.`,
  waiting: `They wait in the queues of ${before}, and only its own worker calls them.`,
  deploy: `Stop starting executions, wait until none is running, destroy ${before}, delete its queues and its table, which stay, then deploy ${after} and let callers change over.`,
});

const sharedTarget: Words<"shared-target"> = ({ host, others }, quote) => ({
  what: `${quote(host)} is also the target of ${list(others)}.`,
  target: `Each of the ${others.length + 1} gateways keeps its own limit, so together they may call more often than one alone.`,
  deploy: "If the target counts them together, make them one gateway with several operations, or divide the limit.",
});

const limit: Words<"limit"> = ({ before, after, lastOldTurnUs }) => ({
  what: `The limit: ${limitText(before)} to ${limitText(after)}.`,
  ...(after.callsPerSecond < before.callsPerSecond && {
    callers: "They wait longer when there is a backlog; what passes its tier's timeout ends with Gateway.Expired.",
  }),
  target: `It gets ${changeText(before.callsPerSecond, after.callsPerSecond)}${
    after.callsPerSecond > before.callsPerSecond ? "; check that it allows that" : ""
  }. Until the old worker's last turn has ended, at most ${showDuration(lastOldTurnUs)} after the deployment, the larger of the two limits holds.`,
});

const limitText = ({ rateLimit, jitterUs }: LimitFacts): string =>
  `${rateLimit ?? "none but concurrency"} with ${showDuration(jitterUs)} of jitter`;

/** `at most 3 calls a second instead of 1.5 (+100 %)` */
const changeText = (before: number, after: number): string =>
  `at most ${plural(after, "call")} a second${before === after ? ", as before" : ` instead of ${before} (${percentChange(before, after)})`}`;

/** `+100 %`, `−50 %`; to a tenth. */
export function percentChange(before: number, after: number): string {
  const percent = Number(((after / before - 1) * 100).toFixed(1));
  return percent === 0 ? "±0 %" : `${percent > 0 ? "+" : "−"}${Math.abs(percent)} %`;
}

const openCalls: Words<"open-calls"> = ({ before, after }) => ({
  what: `Most calls open at once: ${before} to ${after}.`,
  target: after > before ? "It has to answer more calls at the same time." : "It has to answer fewer at the same time.",
});

const dispatch: Words<"dispatch"> = ({ before, after, lastOldTurnUs }) => ({
  what: `The dispatch: ${before} to ${after}.`,
  callers:
    after === "deferral"
      ? "How long they wait can no longer be told: a request that steps back for a higher tier comes again when its visibility ends."
      : "Those of the highest tier wait less in a backlog, and each lower tier gets its share.",
  target: `Workers of both ways would call it at once, each up to the whole limit, for at most ${showDuration(lastOldTurnUs)} after the deployment.`,
  waiting: "The tiers' queues stay, and with them what waits there.",
  deploy: DRAIN,
});

const slots: Words<"slots"> = ({ before, after, lastOldTurnUs }) => ({
  what: `Slots: ${before.slots}, each with one call every ${showDuration(before.intervalUs)}, to ${after.slots}, each with one every ${showDuration(after.intervalUs)}.`,
  target: `Until the last old worker has ended, at most ${showDuration(lastOldTurnUs)} after the deployment, slots of both kinds call it, and a window could hold more than either limit.`,
  deploy: DRAIN,
});

const tierMaxReceives: Words<"tier-max-receives"> = ({ tier, before, after }) => ({
  what: `maxReceives of ${tier}: ${before} to ${after}.`,
  callers:
    after < before
      ? `Those of ${tier} step back less often for the tiers above.`
      : `Those of ${tier} step back more often for the tiers above.`,
});

const addedTier: Words<"tier-added"> = ({ tier, timeoutUs, share }) => ({
  what: `A new tier ${tier}, timeout ${showDuration(timeoutUs)}${share > 0 ? `, ${shareText(share)} of the calls while it has work` : ""}.`,
  callers: `They may give it when the deployment is through. Until then ${tier} ends with Gateway.InvalidRequest.`,
  deploy: `If a tier ${tier} was deployed before and removed, its queue is still there and its name is taken: delete it first.`,
});

const removedTier: Words<"tier-removed"> = (change) => {
  const { tier, successor, givenUpAfterUs, expired, unknown } = change;
  const ends = [
    expired.length > 0 ? `Gateway.Expired (${list(expired)})` : "",
    unknown.length > 0 ? `Gateway.Unknown (${list(unknown)}, since nobody knows whether it was done)` : "",
  ].filter((text) => text !== "");
  const renamed = successor === null ? "" : ` ${successor} stands in its place, but is another queue.`;
  return {
    what: `The tier ${tier} is removed.${renamed}`,
    callers: `A request that gives it ends with Gateway.InvalidRequest.`,
    waiting: `Its queue stays, but the worker no longer reads it: what waits there is never called, and ends when Step Functions gives it up, ${showDuration(givenUpAfterUs)} after it was asked, with ${ends.join(" or ")}. What waits for a retry finds no topic and ends with Gateway.Unavailable.`,
    deploy: `Stop starting executions in ${tier}, wait until none of them is running, then deploy, and delete its queue.`,
  };
};

const tierTimeout: Words<"tier-timeout"> = ({ tier, before, after, losesAfterUs }) => ({
  what: `The timeout of ${tier}: ${showDuration(before)} to ${showDuration(after)}.`,
  callers:
    after < before
      ? "New requests end with Gateway.Expired sooner when they wait too long."
      : "New requests may wait longer before they end with Gateway.Expired.",
  waiting: `What was asked before the deployment keeps ${showDuration(before)}.${
    losesAfterUs === null
      ? ""
      : ` But the queue now keeps a message for ${showDuration(losesAfterUs)}: what has waited longer is lost without a call, and ends when its old timeout is over, with Gateway.Expired, or with Gateway.Unknown where a repeat could do harm.`
  }`,
  ...(losesAfterUs !== null && {
    deploy: `Deploy when nothing in ${tier} has waited for ${showDuration(losesAfterUs)}.`,
  }),
});

const shareText = (share: number): string => `${Number((share * 100).toFixed(2))} %`;

const tierShare: Words<"tier-share"> = ({ tier, before, after }) => {
  if (after === null)
    return {
      what: `${tier} is now the highest tier: it goes first whenever it has work, and needs no share.`,
      callers: `Those of ${tier} wait less in a backlog.`,
    };
  if (before === null)
    return {
      what: `${tier} is no longer the highest tier: it gets ${shareText(after)} of the calls while it has work, and what the tiers above leave.`,
      callers: `Those of ${tier} wait longer when the tiers above have work.`,
    };
  return {
    what: `The share of ${tier} while it has work: ${shareText(before)} to ${shareText(after)} of the calls.`,
    callers:
      after > before
        ? `Those of ${tier} wait less in a backlog, those of the tiers above a little more.`
        : `Those of ${tier} wait longer in a backlog.`,
  };
};

const tierOrder: Words<"tier-order"> = ({ before, after }) => ({
  what: `The order of the tiers: ${before.join(", ")} to ${after.join(", ")}, the highest first.`,
  callers: "What they give as a tier now has another rank.",
  waiting: "They keep their tier, and get its new rank.",
});

const defaultTier: Words<"default-tier"> = ({ before, after }) => ({
  what: `The default tier: ${before} to ${after}.`,
  callers: `A request that gives no tier is now one of ${after}, with its rank and its timeout.`,
  waiting: `What was asked before the deployment stays in ${before}.`,
});

const connectTimeout: Words<"connect-timeout"> = ({ before, after }) => ({
  what: `timeouts.connect: ${showDuration(before)} to ${showDuration(after)}.`,
  target: `It has ${showDuration(after)} to take a connection.`,
});

const responseTimeout: Words<"response-timeout"> = ({ before, after, endsFirst }) => ({
  what: `timeouts.response: ${showDuration(before)} to ${showDuration(after)}.`,
  target: `It has ${showDuration(after)} to answer.`,
  callers:
    after < before
      ? `A call that takes longer than ${showDuration(after)} now has an unknown outcome: repeated where that does no harm, Gateway.Unknown elsewhere.`
      : "A slow call is waited for longer, and a call must start that much earlier to end within its tier's timeout.",
  ...(endsFirst && {
    waiting:
      "What was asked before the deployment has a time-out reckoned with the old figure: called at the last moment, it may be given up while its call is open.",
    deploy: "Deploy when no request is near the end of its tier's timeout, or in two steps.",
  }),
});

const url: Words<"url"> = ({ before, after, isOtherHost, idempotent }, quote) => ({
  what: `The address: ${quote(before)} to ${quote(after)}.`,
  target: isOtherHost ? "Another host gets the calls, all of them up to the whole limit." : "The same host, elsewhere.",
  waiting: `They are called at the new address.${
    idempotent.length > 0 && isOtherHost
      ? ` The new host does not know the keys of ${list(idempotent)}: what the old one may have done is done a second time by a retry.`
      : ""
  }`,
  deploy: idempotent.length > 0 && isOtherHost ? DRAIN : "If they must not, wait until no execution is running.",
});

const nameChanges = (
  { added, removed, changed }: { added: readonly string[]; removed: readonly string[]; changed: readonly string[] },
  quote: Quote,
): string =>
  [
    added.length > 0 ? `added ${list(added, quote)}` : "",
    removed.length > 0 ? `removed ${list(removed, quote)}` : "",
    changed.length > 0 ? `another value for ${list(changed, quote)}` : "",
  ]
    .filter((text) => text !== "")
    .join("; ");

const endpointHeaders: Words<"endpoint-headers"> = (change, quote) => ({
  what: `Headers of every call: ${nameChanges(change, quote)}.`,
  target: "It gets them with the next calls, those of waiting requests included.",
});

const auth: Words<"auth"> = ({ before, after }) => ({
  what:
    before === after
      ? `Authentication (${after}): other credentials.`
      : `Authentication: ${before ?? "none"} to ${after ?? "none"}.`,
  target: "It is asked with them from the next calls on; if it refuses them, requests end with Gateway.Rejected.",
  deploy: "Try the new credentials before you deploy.",
});

const secrets: Words<"secrets"> = ({ added, removed }, quote) => ({
  what: `Secrets: ${nameChanges({ added, removed, changed: [] }, quote)}.`,
  ...(added.length > 0 && {
    waiting: "While one that is needed does not exist, no call can be made: requests are retried as unavailable.",
  }),
  deploy: [
    added.length > 0 ? `First put into Secrets Manager: ${list(added, quote)}.` : "",
    removed.length > 0 ? "Delete the old ones only when the deployment is through." : "",
  ]
    .filter((sentence) => sentence !== "")
    .join(" "),
});

const addedOperation: Words<"operation-added"> = ({ operation, method, path, repeatable, lastOldTurnUs }, quote) => ({
  what: `A new operation ${operation}: ${quote(`${method} ${path}`)}, ${repeatable ? "repeatable" : "never repeated blindly"}.`,
  callers: `They may use it ${showDuration(lastOldTurnUs)} after the deployment; an old worker in its last turn would answer Gateway.InvalidRequest.`,
});

const removedOperation: Words<"operation-removed"> = ({ operation }) => ({
  what: `The operation ${operation} is removed.`,
  callers: "A request for it ends with Gateway.InvalidRequest.",
  waiting: "So does one that waits; it is not called.",
  deploy: `Stop asking for ${operation} and wait until none of its executions is running, if they are still wanted.`,
});

const mustBeNamed: Words<"operation-must-be-named"> = ({ operation }) => ({
  what: `${operation} is no longer the only operation.`,
  callers: `A request that gives no operation ends with Gateway.InvalidRequest. Let callers give "operation": "${operation}" before you deploy; that works already.`,
});

const operationCall: Words<"operation-call"> = ({ operation, before, after }, quote) => ({
  what: `${operation}: ${quote(`${before.method} ${before.path}`)} to ${quote(`${after.method} ${after.path}`)}.`,
  target: "It is called like that from the next calls on.",
  waiting: "They are called in the new way too, with what they were asked with.",
});

const operationHeaders: Words<"operation-headers"> = (change, quote) => ({
  what: `Headers of ${change.operation}: ${nameChanges(change, quote)}.`,
  target: "It gets them with the next calls, those of waiting requests included.",
});

const operationBody: Words<"operation-body"> = ({ operation, before, after }) => ({
  what: `The body of ${operation}: ${replaced(before, after)}.`,
  target: "It gets it with the next calls, those of waiting requests included.",
});

const operationAnswer: Words<"operation-answer"> = ({ operation, before, after }) => ({
  what: `The answer of ${operation}: ${replaced(before, after)}.`,
  callers: "They get an output of another shape.",
  waiting: "They are answered in the new shape, also those that were asked before.",
});

const replaced = (before: string | null, after: string | null): string =>
  before === null ? "now an expression" : after === null ? "no expression any more" : "another expression";

const operationRequest: Words<"operation-request"> = ({ operation, parts }, quote) => {
  const narrower = parts.filter(({ effect }) => effect !== "wider");
  const mayRefuse = narrower.some(({ effect }) => effect === "narrower") ? "" : " perhaps";
  return {
    what: `The request of ${operation}: ${parts.length === 0 ? "only its notes change" : parts.map((part) => partText(part, quote)).join("; ")}.`,
    ...(narrower.length > 0 && {
      callers: `What no longer fits${mayRefuse} ends with Gateway.InvalidRequest.`,
      waiting: "The same is true of what waits already; nothing is called.",
    }),
  };
};

function partText({ effect, path, before, after }: RequestPart, quote: Quote): string {
  const says = { narrower: "fewer fit", wider: "more fit", other: "cannot be compared" }[effect];
  const where = path.length === 0 ? "the whole schema" : quote(path.join("."));
  const [was, is] = [shortJson(before), shortJson(after)];
  const values = was !== undefined && is !== undefined ? ` ${quote(was)} to ${quote(is)}` : "";
  const how = before === null ? " added" : after === null ? " removed" : values || " changed";
  return `${where}${how} (${says})`;
}

/** Undefined where it would be too long to read in a line. */
function shortJson(value: RequestPart["before"]): string | undefined {
  const json = JSON.stringify(value);
  return json.length <= 60 ? json : undefined;
}

const operationRepeatable: Words<"operation-repeatable"> = ({ operation, after }) => ({
  what: after ? `${operation} may now be repeated.` : `${operation} is no longer repeated blindly.`,
  callers: after
    ? "A call of unknown outcome is made again, as retries.unknown says."
    : "A call of unknown outcome ends with Gateway.Unknown: find out at the target before asking again.",
  ...(after && { target: `It must not mind a second ${operation}.` }),
});

const operationIdempotency: Words<"operation-idempotency"> = ({ operation, before, after, care }, quote) => ({
  what: `The header with the key of ${operation}: ${before === null ? "none" : quote(before)} to ${after === null ? "none" : quote(after)}.`,
  ...(care === "paused" && {
    waiting: "The retry of a call that was made with the old header is new to the target, and may be done twice.",
    deploy: DRAIN,
  }),
});

const operationLatency: Words<"operation-latency"> = ({ operation, before, after }) => ({
  what: `The expected time of ${operation}: ${durationOr(before)} to ${durationOr(after)}. Nothing deployed depends on it.`,
});

const durationOr = (duration: Micros | null): string => (duration === null ? "none" : showDuration(duration));

const outcome: Words<"outcome"> = ({ outcome: kind, before, after }, quote) => ({
  what: `What counts as ${kind}: ${ruleText(before, quote)} to ${ruleText(after, quote)}.`,
  callers: "An answer of the target that counted as one outcome may now be another.",
});

function ruleText(rule: OutcomeRule | null, quote: Quote): string {
  if (rule === null) return "the default";
  const when = rule.when === undefined ? "" : `when ${quote(rule.when)}`;
  return [rule.status?.join(", ") ?? "", when].filter((text) => text !== "").join(" ");
}

const throttledPause: Words<"throttled-pause"> = ({ before, after }) => ({
  what: `The pause after a refused call: ${pauseText(before)} to ${pauseText(after)}.`,
});

const pauseText = ({ pauseUs, maxPauseUs }: { pauseUs: Micros; maxPauseUs: Micros }): string =>
  `${showDuration(pauseUs)}, at most ${showDuration(maxPauseUs)}`;

const retries: Words<"retries"> = ({ outcome: kind, before, after }) => ({
  what: `Retries after ${kind}: ${retryText(before)} to ${retryText(after)}.`,
  waiting: "An execution that has begun keeps the old ones.",
});

const retryText = (retry: { attempts: number; backoffSeconds: number; maxSeconds: number }): string =>
  `${plural(retry.attempts, "call")} in all, waits from ${wait(retry.backoffSeconds)} to ${wait(retry.maxSeconds)}`;

const wait = (seconds: number): string => showDuration(us(seconds * 1_000_000));

const text =
  (name: string) =>
  ({ before, after }: { before: string | null; after: string | null }, quote: Quote): ChangeWords => ({
    what: `The ${name}: ${before === null ? "none" : quote(before)} to ${after === null ? "none" : quote(after)}.`,
  });

const list = (names: readonly string[], quote: Quote = (name) => name): string => names.map(quote).join(", ");

const WORDS: { readonly [Kind in ChangeFacts["kind"]]: Words<Kind> } = {
  "gateway-added": addedGateway,
  "gateway-removed": removedGateway,
  "gateway-renamed": renamedGateway,
  "environment-renamed": renamedEnvironment,
  "stack-renamed": renamedStack,
  "shared-target": sharedTarget,
  limit,
  "open-calls": openCalls,
  dispatch,
  slots,
  "tier-added": addedTier,
  "tier-removed": removedTier,
  "tier-timeout": tierTimeout,
  "tier-share": tierShare,
  "tier-max-receives": tierMaxReceives,
  "tier-order": tierOrder,
  "default-tier": defaultTier,
  "connect-timeout": connectTimeout,
  "response-timeout": responseTimeout,
  url,
  "endpoint-headers": endpointHeaders,
  auth,
  secrets,
  "operation-added": addedOperation,
  "operation-removed": removedOperation,
  "operation-must-be-named": mustBeNamed,
  "operation-call": operationCall,
  "operation-headers": operationHeaders,
  "operation-body": operationBody,
  "operation-answer": operationAnswer,
  "operation-request": operationRequest,
  "operation-repeatable": operationRepeatable,
  "operation-idempotency": operationIdempotency,
  "operation-latency": operationLatency,
  outcome,
  "throttled-pause": throttledPause,
  retries,
  description: text("description"),
  owner: text("owner"),
};

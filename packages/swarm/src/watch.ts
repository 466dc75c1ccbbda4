import type { Envelope, GatewayPlan, Json } from "@sluice/dsl";
import type { Fault, FaultName, Performed, Simulation } from "@sluice/local";
import type { FaultKind, Sighting } from "./sighting";

type Seen<S extends Sighting = Sighting> = S extends Sighting ? Omit<S, "atUs"> : never;

/** Tells what can be seen. */
export type Tell = (sighting: Seen) => void;

/**
 * Tells everything that AWS itself could record of a simulation: what was published, delivered, received, deleted,
 * answered, and how executions ended. Nothing of it comes from the worker's own state.
 */
export function watch(world: Simulation, tell: Tell): void {
  const records = new Records(world, tell);
  world.services.cloud.onPerformed((done) => records.performed(done));
  world.services.stepFunctions.onEnded((end) => tell({ kind: "ended", request: end.name, end }));
  world.services.world.onFault = (fault) => tellFault(fault, tell);
}

const WORDS: Readonly<Record<FaultName, FaultKind>> = {
  shortPollMiss: "short poll that misses",
  duplicate: "duplicate",
  duplicateAfterDelete: "duplicate after deletion",
  lostDelete: "lost delete",
  lateDelete: "late delete",
  staleHandleKeeps: "delete by a stale handle",
  deliveryTwice: "second copy of a publish",
  fifoDeliveryLost: "lost bell",
  scheduleLost: "lost sweep",
  throttled: "throttled call to AWS",
  failBefore: "failed call to AWS",
  failAfter: "lost answer of AWS",
};

function tellFault({ name, where, input }: Fault, tell: Tell): void {
  tell({ kind: "fault", fault: WORDS[name], where: where.slice(where.lastIndexOf(":") + 1) });
  const sent = input?.Message ?? input?.MessageBody;
  if (name === "fifoDeliveryLost") tell({ kind: "unrung", id: envelopeIn(sent).id });
  // A bell that was sent without anybody hearing of it says nothing of a request.
  if (name !== "failAfter" || sent === undefined || queueNameOf(input?.QueueUrl).endsWith(".fifo")) return;
  const envelope = envelopeIn(sent);
  tell({ kind: "unpublished", id: envelope.id, request: requestOf(envelope) });
}

class Records {
  /** By the queue's name. */
  private readonly tiers: ReadonlyMap<string, string>;
  /** The name of the bells' queue. */
  private readonly bells: string;
  /** By receipt handle. */
  private readonly handles = new Map<string, Envelope>();
  /** By task token. */
  private readonly tokens = new Map<string, Envelope>();

  constructor(
    world: Simulation,
    private readonly tell: Tell,
  ) {
    const [worker = ""] = world.stack.functionNames;
    const { environment } = world.services.lambda.deployed(worker);
    const urls: Record<string, string> = JSON.parse(environment.SLUICE_TIER_QUEUE_URLS ?? "{}");
    this.bells = queueNameOf(environment.SLUICE_BELL_QUEUE_URL);
    this.tiers = new Map(Object.entries(urls).map(([tier, url]) => [queueNameOf(url), tier]));
  }

  performed(done: Performed): void {
    const { service, operation, input } = done;
    switch (`${service} ${operation}`) {
      case "sfn StartExecution":
        this.tell({ kind: "started", request: String(input.name) });
        break;
      case "sns Publish":
        this.published(envelopeIn(input.Message));
        break;
      case "sqs SendMessage":
        this.delivered(done);
        break;
      case "sqs ReceiveMessage":
        this.looked(done);
        break;
      case "sqs DeleteMessage":
        this.deleted(done);
        break;
      case "sqs DeleteMessageBatch":
        for (const entry of entriesOf(input.Entries)) this.deleted({ ...done, input: entry });
        break;
      case "sqs ChangeMessageVisibility":
        if (input.VisibilityTimeout === 0) this.givenBack(done);
        break;
      case "sfn SendTaskSuccess":
      case "sfn SendTaskFailure":
        this.answered(done);
        break;
    }
  }

  private published(envelope: Envelope): void {
    const { id, token, tier, operation, attempt } = envelope;
    this.tokens.set(token, envelope);
    this.tell({ kind: "published", id, request: requestOf(envelope), tier, operation, attempt });
  }

  private delivered({ input }: Performed): void {
    if (queueNameOf(input.QueueUrl) === this.bells) this.tell({ kind: "rung", id: attemptIn(input.MessageBody) });
    const tier = this.tiers.get(queueNameOf(input.QueueUrl));
    if (tier === undefined) return;
    const envelope = envelopeIn(input.MessageBody);
    // In deferral nothing was published before: the state machine itself has sent it.
    if (!this.tokens.has(envelope.token)) this.published(envelope);
    this.tell({ kind: "delivered", id: envelope.id, request: requestOf(envelope), tier });
  }

  private looked({ input, output }: Performed): void {
    const tier = this.tiers.get(queueNameOf(input.QueueUrl));
    if (tier === undefined) return;
    const { Messages = [] } = output as { Messages?: { Body: string; ReceiptHandle: string }[] };
    const ids = Messages.map(({ Body, ReceiptHandle }) => {
      const envelope = envelopeIn(Body);
      this.handles.set(ReceiptHandle, envelope);
      return envelope.id;
    });
    this.tell({ kind: "looked", tier, ids });
  }

  private deleted({ input }: Performed): void {
    const envelope = this.handles.get(String(input.ReceiptHandle));
    if (envelope === undefined) return;
    this.tell({ kind: "deleted", id: envelope.id, request: requestOf(envelope) });
  }

  private givenBack({ input }: Performed): void {
    const envelope = this.handles.get(String(input.ReceiptHandle));
    if (envelope !== undefined) this.tell({ kind: "givenBack", id: envelope.id });
  }

  private answered({ input }: Performed): void {
    const envelope = this.tokens.get(String(input.taskToken));
    if (envelope === undefined) return;
    const error = input.error === undefined ? undefined : String(input.error);
    this.tell({ kind: "answered", id: envelope.id, request: requestOf(envelope), error });
  }
}

const entriesOf = (entries: Json | undefined): { [key: string]: Json }[] =>
  (Array.isArray(entries) ? entries : []) as { [key: string]: Json }[];

const queueNameOf = (url: Json | undefined): string => String(url).slice(String(url).lastIndexOf("/") + 1);

/** Of a bell; undefined where it is the sweep's or a person's, which are no envelopes. */
function attemptIn(text: Json | undefined): string | undefined {
  return String(text).startsWith("{") ? envelopeIn(text).id : undefined;
}

const envelopeIn = (text: Json | undefined): Envelope => JSON.parse(String(text));

const requestOf = ({ execution }: Envelope): string => nameOf(execution);

export const nameOf = (executionArn: string): string => executionArn.slice(executionArn.lastIndexOf(":") + 1);

/** Bells in their queue: those that wait, and those that a turn holds. */
export function bellsLeft({ stack, services }: Simulation): number {
  const [worker = ""] = stack.functionNames;
  const url = services.lambda.deployed(worker).environment.SLUICE_BELL_QUEUE_URL;
  const size = services.sqs.queue(queueNameOf(url))?.size();
  return size === undefined ? 0 : size.visible + size.inFlight + size.delayed;
}

/** Messages in each tier's queue, hidden ones too. */
export async function messagesLeft(world: Simulation, { tiers }: GatewayPlan): Promise<Record<string, number>> {
  const left: Record<string, number> = {};
  const ask = (operation: string, input: Json) => world.services.cloud.call({ kind: "user" }, "sqs", operation, input);
  const { QueueUrls } = (await ask("ListQueues", {})) as { QueueUrls: string[] };
  for (const { name } of tiers) {
    const url = QueueUrls.find((candidate) => candidate.endsWith(`-${name}`)) ?? "";
    const AttributeNames = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"];
    const { Attributes } = (await ask("GetQueueAttributes", { QueueUrl: url, AttributeNames })) as {
      Attributes: Record<string, string>;
    };
    left[name] = Object.values(Attributes).reduce((sum, value) => sum + Number(value), 0);
  }
  return left;
}

import type { Json } from "@sluice/dsl";
import { type FauxqsServer, startFauxqs } from "fauxqs";
import { Random } from "../src/random";
import { callJson } from "./json-service";
import { type Fields, listOf, localWorld } from "./local-world";

/**
 * The same random operations on the model and on fauxqs, which nobody here wrote. Compared is what both promise: which
 * messages there are, their counts, digests and attributes. Left out is what fauxqs does otherwise than AWS (characters
 * beyond the basic plane, attributes that nobody asked for, digests of a part of the attributes) and what needs time to
 * pass.
 */
type Sqs = (operation: string, input: { [field: string]: Json }) => Promise<Fields>;

let server: FauxqsServer;

beforeAll(async () => {
  server = await startFauxqs({ port: 0, logger: false });
});

afterAll(() => server.stop());

test.each([1, 2, 3, 4, 5])("a standard queue does what fauxqs's does (seed %i)", async (seed) => {
  const both = [model(), oracle(`q${seed}`)].map((sqs) => play(sqs, new Random(seed)));
  const [ours, theirs] = await Promise.all(both);
  expect(ours).toEqual(theirs);
  expect(ours?.length).toBe(150);
});

function model(): Sqs {
  const { call, sqs } = localWorld();
  const QueueUrl = sqs.urlOf(sqs.createQueue("q", { VisibilityTimeout: 600 }));
  return (operation, input) => call("sqs", operation, { QueueUrl, ...input });
}

function oracle(name: string): Sqs {
  const { queueUrl: QueueUrl } = server.createQueue(name, { attributes: { VisibilityTimeout: "600" } });
  const origin = `http://127.0.0.1:${server.port}`;
  return (operation, input) => callJson(origin, `AmazonSQS.${operation}`, { QueueUrl, ...input });
}

/** Plays the seed's operations and returns what was seen, in words that do not depend on ids and handles. */
async function play(sqs: Sqs, random: Random): Promise<Json[]> {
  const seen: Json[] = [];
  /** Body to latest handle, of what is in flight; and what waits: never more than one receive can take. */
  const held = new Map<string, string>();
  let waiting = 0;
  let sent = 0;
  const anyHeld = (): [string, string] | undefined => [...held].sort()[random.between(0, held.size - 1)];
  const newMessage = (): { [field: string]: Json } => {
    waiting++;
    const attributes = random.chance(0.5) ? { n: { DataType: "Number", StringValue: String(sent) } } : undefined;
    return { MessageBody: `m${sent++} é`, ...(attributes && { MessageAttributes: attributes }) };
  };
  const digests = ({ MD5OfMessageBody = null, MD5OfMessageAttributes = null }: Fields): Json => [
    MD5OfMessageBody,
    MD5OfMessageAttributes,
  ];
  const steps: Readonly<Record<string, () => Promise<Json>>> = {
    send: async () => (waiting < 10 ? digests(await sqs("SendMessage", newMessage())) : null),
    sendBatch: async () => {
      if (waiting > 7) return null;
      const Entries = ["a", "b", "c"].map((Id) => ({ Id, ...newMessage() }));
      return listOf((await sqs("SendMessageBatch", { Entries })).Successful).map(digests);
    },
    receive: async () => {
      const output = await sqs("ReceiveMessage", {
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ["All"],
        MessageSystemAttributeNames: ["ApproximateReceiveCount"],
      });
      waiting = 0;
      const messages = listOf(output.Messages).map(
        ({ Body, ReceiptHandle, MD5OfBody, MessageAttributes, Attributes }) => {
          held.set(String(Body), String(ReceiptHandle));
          return JSON.stringify([Body, MD5OfBody, MessageAttributes, Attributes]);
        },
      );
      return messages.sort();
    },
    delete: async () => {
      const [body, ReceiptHandle] = anyHeld() ?? [];
      if (body === undefined || ReceiptHandle === undefined) return null;
      held.delete(body);
      await sqs("DeleteMessage", { ReceiptHandle });
      return body;
    },
    giveBack: async () => {
      const [body, ReceiptHandle] = anyHeld() ?? [];
      if (body === undefined || ReceiptHandle === undefined || waiting >= 10) return null;
      held.delete(body);
      waiting++;
      await sqs("ChangeMessageVisibility", { ReceiptHandle, VisibilityTimeout: 0 });
      return body;
    },
    extend: async () => {
      const [body, ReceiptHandle] = anyHeld() ?? [];
      if (body === undefined || ReceiptHandle === undefined) return null;
      await sqs("ChangeMessageVisibility", { ReceiptHandle, VisibilityTimeout: 900 });
      return body;
    },
    count: async () => {
      const AttributeNames = [
        "ApproximateNumberOfMessages",
        "ApproximateNumberOfMessagesNotVisible",
        "VisibilityTimeout",
      ];
      return (await sqs("GetQueueAttributes", { AttributeNames })).Attributes ?? null;
    },
  };
  const names = Object.keys(steps);
  for (let i = 0; i < 150; i++) {
    const name = names[random.between(0, names.length - 1)] ?? "";
    seen.push([name, (await steps[name]?.()) ?? null]);
  }
  return seen;
}

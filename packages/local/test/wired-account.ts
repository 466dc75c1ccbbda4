import { setTimeout as sleep } from "node:timers/promises";
import type { Json } from "@sluice/dsl";
import type { EnvironmentHost, Principal } from "../src/cloud-types";
import { createServices, type Services } from "../src/emulated-account";
import { Random } from "../src/random";
import { RealClock } from "../src/real-clock";
import { AccessKeys } from "../src/wire/caller";
import { openWireServer, type WireServer } from "../src/wire-server";
import { NO_FAULTS } from "../src/world";
import { deployedFunction } from "./deployed-function";

export const REGION = "eu-west-1";
export const ACCOUNT = "123456789012";
export const QUEUE_ARN = `arn:aws:sqs:${REGION}:${ACCOUNT}:jobs`;
export const TOPIC_ARN = `arn:aws:sns:${REGION}:${ACCOUNT}:high.fifo`;
export const MACHINE_ARN = `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:companies`;
/** May send to the queue `jobs`, and nothing else. */
export const SENDER_ROLE = `arn:aws:iam::${ACCOUNT}:role/sender`;
const MACHINE_ROLE = `arn:aws:iam::${ACCOUNT}:role/machine`;

/** An account in real time behind a wire server, with one of everything in it. */
export interface WiredAccount {
  readonly server: WireServer;
  readonly services: Services;
  readonly keys: AccessKeys;
  readonly queueUrl: string;
  close(): Promise<void>;
}

const allow = (Action: string, Resource: string): Json => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action, Resource }],
});

/** A function that answers its event, slowly or with a failure when it is asked to. */
const ECHO: EnvironmentHost = {
  start: async (_fn, id) => ({
    id,
    isAlive: true,
    invoke: async ({ event }) => {
      if (event === "fail") return { kind: "error", errorType: "Error", message: "asked to" };
      if (event === "slow") await sleep(200);
      return { kind: "ok", payload: event };
    },
    kill: () => undefined,
  }),
};

/** @param hostAt what runs the function `echo`, given where its calls go and the keys to sign them with */
export async function wiredAccount(
  hostAt: (origin: string, keys: AccessKeys) => EnvironmentHost = () => ECHO,
  codePath = "/",
): Promise<WiredAccount> {
  const server = await openWireServer(0);
  const keys = new AccessKeys();
  const clock = new RealClock(false);
  const services = createServices({
    world: { clock, random: new Random(5), faults: NO_FAULTS, region: REGION, account: ACCOUNT },
    queueOrigin: server.origin,
    host: () => hostAt(server.origin, keys),
  });
  const { cloud, sqs, sns, dynamodb, secrets, lambda, stepFunctions } = services;
  cloud.declareRole(SENDER_ROLE, [allow("sqs:SendMessage", QUEUE_ARN)], allow("sts:AssumeRole", "*"));
  cloud.declareRole(MACHINE_ROLE, [allow("sqs:SendMessage", QUEUE_ARN)], allow("sts:AssumeRole", "*"));
  const admitted = { Principal: { Service: "sns.amazonaws.com" }, Action: "sqs:SendMessage", Resource: QUEUE_ARN };
  const queue = sqs.createQueue("jobs", { VisibilityTimeout: 30 });
  sqs.setPolicy(queue, { Statement: [{ Effect: "Allow", ...admitted }] });
  sns.subscribe(sns.createTopic("high.fifo", { isFifo: true, hasContentBasedDeduplication: false }), QUEUE_ARN, true);
  dynamodb.createTable("gate", { key: [{ name: "pk", type: "S" }] });
  secrets.putSecret("register", { key: "s3cret" });
  lambda.createFunction(deployedFunction(codePath, { name: "echo", roleArn: SENDER_ROLE, reservedConcurrency: 1 }));
  const principal: Principal = { kind: "role", arn: MACHINE_ROLE };
  stepFunctions.createStateMachine({
    name: "companies",
    roleArn: MACHINE_ROLE,
    principal,
    definition: JSON.stringify({
      QueryLanguage: "JSONata",
      StartAt: "Send",
      States: {
        Send: {
          Type: "Task",
          Resource: "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
          Arguments: {
            QueueUrl: `${server.origin}/${ACCOUNT}/jobs`,
            MessageBody: { token: "{% $states.context.Task.Token %}", request: "{% $states.input %}" },
          },
          End: true,
        },
      },
    }),
  });
  server.serve({ cloud, principalOf: (key) => keys.principalOf(key), region: REGION });
  return {
    server,
    services,
    keys,
    queueUrl: `${server.origin}/${ACCOUNT}/jobs`,
    close: async () => {
      services.stop();
      await server.close();
    },
  };
}

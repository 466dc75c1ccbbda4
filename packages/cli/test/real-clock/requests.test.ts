import { spawn, spawnSync } from "node:child_process";
import type { CallerInput } from "@sluice/dsl";
import { type RunningGateway, type RunningWorld, startGateways } from "./running-gateway";

const gatewayFile = (name: string, more = "") => `version: 1
name: ${name}
rateLimit: 4/s
jitter: 150ms
tiers: [{ name: HIGH, timeout: 2m }]
retries: { unavailable: { attempts: 1 }, throttled: { backoff: 1s } }
endpoint: { adapter: http, url: https://target.example.org${more} }
operations:
  order:
    method: POST
    path: /orders
    body: "{% $request %}"
    request: { type: object, required: [item], properties: { item: { type: string } } }
`;

const withKey = (name: string) => gatewayFile(name, `, auth: { type: bearer, token: "\${secret:${name}-key}" }`);
/** The log tells the header's value as the request's id. */
const readsAuthorization = { requestIdHeader: "authorization" };

let running: RunningWorld;
beforeAll(async () => {
  running = await startGateways(
    [
      { file: gatewayFile("plain") },
      // Long enough that the second start finds the first one's execution running.
      { file: gatewayFile("slow"), target: { latency: { medianMs: 3_000, p99Ms: 3_000 } } },
      { file: gatewayFile("busy"), target: { next: ["refuse"], refusal: { status: 429, retryAfterSeconds: 2 } } },
      { file: withKey("trusted"), target: readsAuthorization },
      {
        file: withKey("locked"),
        target: readsAuthorization,
        template: withoutStatement("secretsmanager:GetSecretValue"),
      },
    ],
    new Map([
      ["trusted-key", "s3cret-of-trusted"],
      ["locked-key", "s3cret-of-locked"],
    ]),
  );
});
afterAll(() => running.close());

/** The template without the statements that allow the action; fails when there are none. */
const withoutStatement = (action: string) => (template: string) => {
  const isOther = (statement: unknown) => !JSON.stringify(statement).includes(`"${action}"`);
  const without = JSON.stringify(
    JSON.parse(template, (key, value) => (key === "Statement" && Array.isArray(value) ? value.filter(isOther) : value)),
  );
  if (without === JSON.stringify(JSON.parse(template))) throw new Error(`no statement allows ${action}`);
  return without;
};

const ORDER: CallerInput = { operation: "order", request: { item: "lamp" } };

async function endOfOne(gateway: RunningGateway, input: CallerInput) {
  const { status, error, cause = "{}", output = "{}" } = await running.endOf(await gateway.ask(input));
  return { status, error, cause: JSON.parse(cause), output: JSON.parse(output) };
}

test.concurrent("the target gets the secret that Secrets Manager holds", async () => {
  const gateway = running.gateway("trusted");
  expect(await endOfOne(gateway, ORDER)).toMatchObject({ status: "SUCCEEDED", output: { status: 200 } });
  expect(await gateway.target.log()).toMatchObject([{ requestId: "Bearer s3cret-of-trusted", path: "/orders" }]);
});

test.concurrent("a worker whose role may not read its secret calls nothing and says which secret it is", async () => {
  const gateway = running.gateway("locked");
  const { error, cause } = await endOfOne(gateway, ORDER);
  expect(error).toBe("Gateway.Unavailable");
  expect(cause).toMatchObject({ outcome: "unavailable", message: expect.stringContaining("secret locked-key") });
  expect(JSON.stringify(cause)).not.toContain("s3cret");
  expect(await gateway.target.log()).toEqual([]);
});

test.concurrent("a request that does not fit its schema fails and calls nothing", async () => {
  const gateway = running.gateway("plain");
  const { error, cause } = await endOfOne(gateway, { operation: "order", request: { item: 7 } });
  expect(error).toBe("Gateway.InvalidRequest");
  expect(cause).toMatchObject({ outcome: "rejected", message: expect.stringContaining("item") });
  expect(await gateway.target.log()).toEqual([]);
});

test.concurrent("after a 429 nothing arrives before Retry-After is over, and then every request succeeds", async () => {
  const gateway = running.gateway("busy");
  await Promise.all([gateway.ask(ORDER), gateway.ask(ORDER), gateway.ask(ORDER)]);
  const ends = await gateway.ends();
  const [refused, ...others] = await gateway.target.log();
  expect(ends.map(({ status }) => status)).toEqual(["SUCCEEDED", "SUCCEEDED", "SUCCEEDED"]);
  expect(refused).toMatchObject({ status: 429 });
  expect(others).toHaveLength(3);
  const answeredAtUs = refused?.endUs ?? 0;
  for (const { atUs } of others) expect(atUs - answeredAtUs).toBeGreaterThanOrEqual(2_000_000);
});

// The AWS CLI is no part of the project: where it is not installed, the SDK's requests stand in for its own.
const hasCli = spawnSync("aws", ["--version"]).status === 0;

describe(`with ${hasCli ? "the AWS CLI" : "the AWS SDK"}`, () => {
  test.concurrent("an execution that is started twice by one name with one input is one execution and one call", async () => {
    const gateway = running.gateway("slow");
    const startOnce = () => (hasCli ? startByCli(gateway, "only") : gateway.ask(ORDER, "only"));
    const [first, second] = await Promise.all([startOnce(), startOnce()]);
    expect(second).toBe(first);
    expect(await running.endOf(first)).toMatchObject({ status: "SUCCEEDED" });
    expect(await gateway.target.log()).toMatchObject([{ requestId: first }]);
  }, 60_000);
});

/** @returns the execution's ARN */
async function startByCli({ stateMachineArn }: RunningGateway, name: string): Promise<string> {
  const { endpoint, region } = running.world;
  const words = ["--endpoint-url", endpoint, "--output", "text", "--query", "executionArn", "stepfunctions"];
  const start = ["start-execution", "--state-machine-arn", stateMachineArn, "--name", name];
  const aws = spawn("aws", [...words, ...start, "--input", JSON.stringify(ORDER)], {
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      PATH: process.env.PATH,
      HOME: "/nonexistent",
      AWS_DEFAULT_REGION: region,
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
      AWS_EC2_METADATA_DISABLED: "true",
    },
  });
  let output = "";
  aws.stdout.on("data", (chunk) => {
    output += chunk;
  });
  await new Promise((resolve) => aws.once("close", resolve));
  return output.trim();
}

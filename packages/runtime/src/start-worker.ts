import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { GatewayPlan } from "@sluice/dsl";
import { httpEndpoint } from "./adapters/http/endpoint";
import type { AwsCall } from "./aws-call";
import { type Addresses, awsPorts } from "./aws-ports/aws-ports";
import { isRecord } from "./aws-ports/output";
import type { Worker } from "./core/turn-state";
import { createEvaluate } from "./expressions";
import { createSecrets } from "./secrets";
import { systemClock } from "./system-clock";
import { createTelemetry } from "./telemetry";
import { createWorker } from "./worker";

/** The version of the plan that this worker was written for. */
const PLAN_VERSION: GatewayPlan["planVersion"] = 2;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The worker of an execution environment: its plan from the layer, its addresses from the function's variables.
 *
 * @param write takes the log's lines, without their ends
 * @throws Error with one sentence when the function was not deployed as a whole
 */
export function startWorker(environment: Environment, call: AwsCall, write: (line: string) => void): Worker {
  const plan = loadPlan(join(environment.SLUICE_OPT_ROOT ?? "/opt", "gateway.json"));
  const addresses = readAddresses(environment, plan);
  const clock = systemClock;
  const secrets = createSecrets(call, clock);
  const evaluate = createEvaluate();
  const ports = {
    ...awsPorts(call, addresses, secrets.redact),
    endpoint: httpEndpoint({ plan, secrets, evaluate, clock }),
    clock,
    telemetry: createTelemetry({ plan, write, wallMs: clock.wallMs, redact: secrets.redact }),
  };
  return createWorker(plan, ports, evaluate);
}

function loadPlan(file: string): GatewayPlan {
  let plan: unknown;
  try {
    plan = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`The gateway's plan could not be read from its layer (${reason}). Deploy the gateway again.`);
  }
  const version = isRecord(plan) ? plan.planVersion : undefined;
  if (version !== PLAN_VERSION) {
    throw new Error(
      `The plan in ${file} has version ${String(version)}, and this worker reads version ${PLAN_VERSION}: the layer and the worker's code come from different versions of Sluice. Deploy the gateway again, whole.`,
    );
  }
  // Written by planGateway of the version that was just checked; a check of each field would repeat lint's.
  return plan as GatewayPlan;
}

function readAddresses(environment: Environment, plan: GatewayPlan): Addresses {
  const variable = (name: string): string => {
    const value = environment[name];
    if (!value) throw new Error(`The function has no environment variable ${name}. Deploy the gateway again.`);
    return value;
  };
  const tierQueueUrls = parseUrls(variable("SLUICE_TIER_QUEUE_URLS"));
  const missing = plan.tiers.find(({ name }) => tierQueueUrls[name] === undefined);
  if (missing) {
    throw new Error(`SLUICE_TIER_QUEUE_URLS names no queue for the tier ${missing.name}. Deploy the gateway again.`);
  }
  const bellQueueUrl = plan.dispatch.kind === "doorbell" ? variable("SLUICE_BELL_QUEUE_URL") : undefined;
  return { tierQueueUrls, bellQueueUrl, gateTable: variable("SLUICE_GATE_TABLE") };
}

function parseUrls(text: string): Record<string, string> {
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return Object.fromEntries(Object.entries(value).map(([tier, url]) => [tier, String(url)]));
  } catch {
    // Told below, like JSON that is no map.
  }
  throw new Error("SLUICE_TIER_QUEUE_URLS must be a JSON map from tier to queue URL. Deploy the gateway again.");
}

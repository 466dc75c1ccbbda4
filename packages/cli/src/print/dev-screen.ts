import { type GatewayPlan, type Json, stackNameOf } from "@sluice/dsl";
import { LOCAL_REGION, type LocalWorld } from "@sluice/local";
import { SECRETS_FILE } from "../files";
import type { Colors } from "../io";
import { shellWord } from "../typed-program";
import { renderTable } from "./table";
import { wrap } from "./words";

/** A gateway that runs, with a request that its first operation takes. */
export interface ShownGateway {
  readonly plan: GatewayPlan;
  /** Undefined: none could be made. */
  readonly sample: Json | undefined;
}

export interface DevScreen {
  readonly gateways: readonly ShownGateway[];
  readonly world: Pick<LocalWorld, "endpoint" | "region" | "stacks">;
  readonly targets: "strict" | "none";
  /** Names of the secrets that are not the user's own. */
  readonly madeUp: readonly string[];
  /** What the user types to run this program. */
  readonly program: string;
}

/** So many gateways get a command of their own; the others are called alike. */
const MAX_CALLS = 5;

/** What runs, where, and how to call it. The commands work when they are pasted into a POSIX shell, and are never wrapped. */
export function renderDevScreen(screen: DevScreen, colors: Colors, width: number): string {
  const { gateways, world, madeUp } = screen;
  return [
    `Listening on ${colors.bold(world.endpoint)}, region ${world.region}.`,
    "",
    gatewayTable(screen, colors, width),
    ...(madeUp.length > 0 ? ["", wrap(madeUpSentence(screen), width)] : []),
    "",
    "Send a request:",
    ...gateways.slice(0, MAX_CALLS).flatMap((gateway) => callLines(gateway, screen)),
    ...awsLines(screen, width),
    "",
    "End with Ctrl-C; what still waits then is lost.",
  ].join("\n");
}

function gatewayTable({ gateways, targets }: DevScreen, colors: Colors, width: number): string {
  const rows = gateways.map(({ plan }) => [
    plan.name,
    plan.limit.rate?.text ?? `${plan.openCalls} at once`,
    plan.operations.map(({ name }) => name).join(", "),
    plan.tiers.map(({ name }) => name).join(", "),
    plan.endpoint.url,
  ]);
  const target = targets === "strict" ? "strict target (a stand-in)" : "endpoint";
  return renderTable({ head: ["gateway", "limit", "operations", "tiers, highest first", target], rows, width }, colors);
}

const madeUpSentence = ({ madeUp, program }: DevScreen): string =>
  `These secrets are made up, because strict targets take any key: ${madeUp.join(", ")}. --targets none, which calls the real endpoints, reads them from ${SECRETS_FILE} in this folder: see \`${program} dev --help\`.`;

function callLines({ plan, sample }: ShownGateway, { world, program }: DevScreen): string[] {
  const operation = plan.operations[0]?.name ?? "";
  const words = [
    ["call", plan.name, operation],
    plan.environment === undefined ? [] : ["--env", plan.environment],
    ["--tier", tierOf(plan), "--request", sample === undefined ? "@request.json" : JSON.stringify(sample)],
    ["--endpoint-url", world.endpoint],
  ];
  const region = world.region === LOCAL_REGION ? "" : `AWS_REGION=${world.region} `;
  const line = `  $ ${region}${program} ${words.flat().map(shellWord).join(" ")}`;
  if (sample !== undefined) return [line];
  return [
    `${line}`,
    `    (no sample could be made for ${operation}: write a request of yours into request.json first)`,
  ];
}

/** An execution's name makes its ARN known before it is started, so that the second command works as it stands. */
const EXECUTION_NAME = "first";

function awsLines({ gateways, world }: DevScreen, width: number): string[] {
  const shown = gateways.find(({ sample }) => sample !== undefined);
  if (shown === undefined) return [];
  const { plan, sample } = shown;
  const machine = `:${stackNameOf(plan.name, plan.environment, plan.naming)}`;
  const stack = world.stacks.find(({ stateMachineArn }) => stateMachineArn.endsWith(machine));
  if (stack === undefined) throw new Error(`no stack of ${plan.name} was loaded`);
  const input = { operation: plan.operations[0]?.name, tier: tierOf(plan), request: sample };
  const executionArn = `${stack.stateMachineArn.replace(":stateMachine:", ":execution:")}:${EXECUTION_NAME}`;
  const aws = (command: string, ...words: string[]): string =>
    `  $ AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local aws stepfunctions ${command} --endpoint-url ${world.endpoint} --region ${world.region} ${words.map(shellWord).join(" ")}`;
  return [
    "",
    wrap("Or with the AWS CLI: start it, then ask how it ended. Each request takes a name of its own.", width),
    aws(
      "start-execution",
      ...["--state-machine-arn", stack.stateMachineArn],
      ...["--name", EXECUTION_NAME, "--input", JSON.stringify(input)],
    ),
    aws("describe-execution", "--execution-arn", executionArn),
  ];
}

const tierOf = (plan: GatewayPlan): string => plan.tiers[0]?.name ?? plan.defaultTier;

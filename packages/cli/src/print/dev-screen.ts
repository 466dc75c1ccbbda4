import type { GatewayPlan } from "@sluice/dsl";
import type { LocalWorld } from "@sluice/local";
import type { Colors } from "../io";
import { renderTable } from "./table";

export interface DevScreen {
  readonly plans: readonly GatewayPlan[];
  readonly world: Pick<LocalWorld, "endpoint" | "region" | "stacks">;
  readonly targets: "strict" | "none";
  /** Names of the secrets that are not the user's own. */
  readonly madeUp: readonly string[];
}

/** What runs, where, and how to call it. */
export function renderDevScreen({ plans, world, targets, madeUp }: DevScreen, colors: Colors): string {
  const rows = plans.map((plan) => [
    plan.name,
    plan.limit.rate?.text ?? `${plan.openCalls} at once`,
    plan.operations.map(({ name }) => name).join(", "),
    plan.tiers.map(({ name }) => name).join(", "),
    plan.endpoint.url,
  ]);
  const target = targets === "strict" ? "strict target (a stand-in)" : "endpoint";
  return [
    `Listening on ${colors.bold(world.endpoint)}, region ${world.region}.`,
    "",
    renderTable({ head: ["gateway", "limit", "operations", "tiers, highest first", target], rows }, colors),
    ...(madeUp.length > 0
      ? ["", `Made up, because they were nowhere to be found: the secrets ${madeUp.join(", ")}.`]
      : []),
    "",
    "Send a request:",
    ...howToCall(plans, world).map((line) => `  $ ${line}`),
    "",
    "End with Ctrl-C; what still waits then is lost.",
  ].join("\n");
}

function howToCall(plans: readonly GatewayPlan[], world: DevScreen["world"]): string[] {
  const [plan] = plans;
  const [stack] = world.stacks;
  if (plan === undefined || stack === undefined) return [];
  const [operation] = plan.operations;
  const tier = plan.tiers[0]?.name ?? plan.defaultTier;
  const environment = plan.environment === undefined ? "" : ` --env ${plan.environment}`;
  const input = JSON.stringify({ operation: operation?.name, tier, request: {} });
  return [
    `sluice call ${plan.name} ${operation?.name}${environment} --tier ${tier} --request '{…}' --endpoint-url ${world.endpoint}`,
    `AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local aws stepfunctions start-execution --endpoint-url ${world.endpoint} --region ${world.region} --state-machine-arn ${stack.stateMachineArn} --input '${input}'`,
  ];
}

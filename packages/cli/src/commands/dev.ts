import { join } from "node:path";
import { type GatewayPlan, type LintedGateway, planGateway, resolveSpec } from "@sluice/dsl";
import { LOCAL_REGION, PortUnavailable, startLocalWorld } from "@sluice/local";
import { Command, Option } from "commander";
import { Cleanup } from "../cleanup";
import { ToolFailure } from "../failures";
import { SECRETS_FILE } from "../files";
import { interrupted } from "../interrupt";
import { colorsOf, type ExitCode, type Io, printLine, progressOn, widthOf } from "../io";
import { lintedGateways } from "../linted";
import { renderDevScreen, type ShownGateway } from "../print/dev-screen";
import { sampleRequest } from "../sample-request";
import { madeUpSecrets, missingSecrets, readSecrets, type Secrets } from "../secrets";
import { startStandIn } from "../stand-ins";
import { synthesize } from "../synthesize";
import { newTemporaryFolder } from "../temporary-folder";
import { envOption, example, wholeNumber } from "./words";

export interface DevOptions {
  readonly files: readonly string[];
  readonly env: string | undefined;
  readonly port: number;
  /** `strict`: a target that refuses what is over the limit stands in for each endpoint. `none`: the real endpoints. */
  readonly targets: "strict" | "none";
}

type Typed = Omit<DevOptions, "files">;

const ABOUT_TARGETS = `
Targets:
  strict  Nothing leaves this machine. A stand-in answers for each endpoint,
          refuses what is over the limit, and takes any key: secrets that are
          not in ${SECRETS_FILE} are made up.
  none    No stand-ins: the real endpoints are called, and need real secrets.

Secrets:
  They are read from ${SECRETS_FILE}, in the folder where sluice is started:
  NAME: text, or NAME: { FIELD: text }. Where gateway files refer to
  \${secret:weather} and \${secret:companies-house#key}, it says

    weather: a-token
    companies-house: { key: "0123456789" }

  Git ignores that file in this repository. In another one, see to it yourself.`;

export const newDevCommand = (run: (options: DevOptions) => Promise<void>): Command =>
  new Command("dev")
    .description("Run gateways on this machine, behind an AWS endpoint, until Ctrl-C.")
    .argument("[files...]", "gateway files or folders of them (default: gateways/*.yaml)")
    .addOption(envOption())
    .option("--port <port>", "port of the AWS endpoint; 0 takes a free one", wholeNumber(0, 65_535), 4_566)
    .addOption(
      new Option("--targets <targets>", "strict: stand-ins that judge the limit; none: call the files' own endpoints")
        .choices(["strict", "none"])
        .default("strict"),
    )
    .addHelpText("after", ABOUT_TARGETS)
    .addHelpText("after", example("sluice dev", "sluice dev gateways/nvd.yaml --targets none"))
    .action((files: string[], { env, port, targets }: Typed) => run({ files, env, port, targets }));

/** Runs until it is interrupted, which is its ordinary end. Writes nothing but to a temporary folder of its own. */
export async function runDev(options: DevOptions, io: Io): Promise<ExitCode> {
  const gateways = await lintedGateways(options.files, options.env, io);
  if (gateways === undefined) return 1;
  const cleanup = new Cleanup();
  const progress = progressOn(io.stderr);
  try {
    progress.show("starting …");
    const plans = await plansFor(gateways, options, cleanup);
    const { known, madeUp } = await secretsFor(plans, options, io);
    const folder = newTemporaryFolder("dev", cleanup);
    const stacks = await synthesize(plans, { out: join(folder, "cdk.out"), validation: false });
    const region = io.env.AWS_REGION ?? io.env.AWS_DEFAULT_REGION ?? LOCAL_REGION;
    const secrets = new Map([...known, ...madeUp]);
    const world = await startLocalWorld({ stacks, port: options.port, region, secrets }).catch((error: unknown) => {
      throw error instanceof PortUnavailable ? new ToolFailure(`${error.message} Choose it with --port.`) : error;
    });
    cleanup.add(() => world.close());
    const shownGateways = await Promise.all(plans.map(withSample));
    const { program } = io;
    progress.clear();
    const shown = { gateways: shownGateways, world, targets: options.targets, madeUp: [...madeUp.keys()], program };
    printLine(io.stdout, renderDevScreen(shown, colorsOf(io.stdout, io.env), widthOf(io.stdout)));
    await interrupted(io.interrupt);
    // A terminal has just shown ^C where the cursor stands.
    printLine(io.stdout, `${io.stdout.isTTY ? "\n" : ""}Ending …`);
    return 0;
  } finally {
    progress.clear();
    await cleanup.run();
  }
}

async function withSample(plan: GatewayPlan): Promise<ShownGateway> {
  const [operation] = plan.operations;
  return { plan, sample: operation && (await sampleRequest(operation)) };
}

/** The plans as they are run: with strict targets, each with the address of its own. */
async function plansFor(
  gateways: readonly LintedGateway[],
  { env, targets }: DevOptions,
  cleanup: Cleanup,
): Promise<GatewayPlan[]> {
  if (targets === "none") return gateways.map(({ spec }) => planGateway(spec));
  const plans: GatewayPlan[] = [];
  for (const { document, project, instance, spec } of gateways) {
    const target = await startStandIn(planGateway(spec), 1);
    cleanup.add(() => target.close());
    const { spec: patched } = resolveSpec(document, {
      environment: env,
      project,
      instance,
      patch: { endpoint: { url: target.url } },
    });
    if (patched === undefined) throw new Error(`${document.file} does not take the address ${target.url}`);
    plans.push(planGateway(patched));
  }
  return plans;
}

/** @throws ToolFailure naming the secrets that a real endpoint would need and that are not there */
async function secretsFor(
  plans: readonly GatewayPlan[],
  { targets }: DevOptions,
  io: Io,
): Promise<{ readonly known: Secrets; readonly madeUp: Secrets }> {
  const known = await readSecrets(io);
  if (targets === "strict") return { known, madeUp: madeUpSecrets(plans, known) };
  const missing = missingSecrets(plans, known);
  if (missing.length === 0) return { known, madeUp: new Map() };
  throw new ToolFailure(
    `The real endpoints need secrets that are not in ${SECRETS_FILE}: ${missing.join(", ")}. Write them there (and keep the file out of git), or use --targets strict.`,
  );
}

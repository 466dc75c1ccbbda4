import type { DispatchPlan } from "@sluice/dsl";
import { Command, Option } from "commander";
import { Cleanup } from "../cleanup";
import { prepareStages } from "../demo/prepare";
import { brokenPromises, type DemoReport, renderReport } from "../demo/report";
import { type Screen, screenFor } from "../demo/screen";
import { runStages } from "../demo/stage";
import { exitCodeOf, Interrupted } from "../interrupt";
import { type ExitCode, type Io, printLine, widthOf } from "../io";
import { newTemporaryFolder } from "../temporary-folder";
import { example, type Format, formatOption, wholeNumber } from "./words";

export interface DemoOptions {
  readonly format: Format;
  /** Length of the run with traffic, drained queues included. */
  readonly seconds: number;
  /** Of the traffic. */
  readonly seed: number;
  /** How work reaches the workers. */
  readonly dispatch: DispatchPlan["kind"];
}

const ABOUT_REPORT = `
The report as JSON has four keys:
  dispatch      how work reached the workers
  gateways      of each gateway its limits, requests and how they ended, calls,
                refused ones, waits by tier
  killedWorker  what the SIGKILL cost: when, how long until the next call, and
                what became of the requests that the worker had in its hands
  naive         { gateways }: the same figures of the fixed-window limiter`;

export const newDemoCommand = (run: (options: DemoOptions) => Promise<void>): Command =>
  new Command("demo")
    .description(
      "Run three sample gateways on this machine against strict targets, with traffic in all tiers, a killed worker, and a fixed-window limiter beside them.",
    )
    .option("--seconds <n>", "how long the traffic lasts, 30 to 600", wholeNumber(30, 600), 60)
    .option("--seed <n>", "seed of the traffic", wholeNumber(0, 2 ** 31 - 1), 1)
    .addOption(
      new Option("--dispatch <way>", "how work reaches the workers")
        .choices(["doorbell", "deferral"])
        .default("doorbell"),
    )
    .addOption(formatOption("the report"))
    .addHelpText("after", ABOUT_REPORT)
    .addHelpText(
      "after",
      example("sluice demo", "sluice demo --dispatch deferral", "sluice demo --seed 7 --format json > report.json"),
    )
    .action(({ format, seconds, seed, dispatch }: DemoOptions) => run({ format, seconds, seed, dispatch }));

/** Lints, plans, synthesizes and runs the sample gateways, and reports what their targets saw. */
export async function runDemo(options: DemoOptions, io: Io): Promise<ExitCode> {
  const screen = screenFor(options.format, io);
  const cleanup = new Cleanup();
  try {
    const report = await demonstrate(options, io, screen, cleanup);
    if (report === undefined) return 1;
    print(report, options, io, screen);
    return brokenPromises(report).length === 0 ? 0 : 1;
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    screen.clear(); // The line of progress, and the ^C that the terminal has put behind it.
    printLine(io.stderr, "Interrupted; everything that ran was ended.");
    return exitCodeOf(io.interrupt);
  } finally {
    screen.clear();
    await cleanup.run();
  }
}

async function demonstrate(
  { seconds, seed, dispatch }: DemoOptions,
  io: Io,
  screen: Screen,
  cleanup: Cleanup,
): Promise<DemoReport | undefined> {
  const folder = newTemporaryFolder("demo", cleanup);
  const stages = await prepareStages({ folder, seed, dispatch, io, screen, cleanup });
  return stages && runStages(stages, { runMs: seconds * 1_000, seed, dispatch, io, screen, cleanup });
}

function print(report: DemoReport, { format }: DemoOptions, io: Io, screen: Screen): void {
  screen.clear();
  if (format === "pretty") {
    printLine(io.stdout, `\n${renderReport(report, screen.colors, widthOf(io.stdout))}`);
    return;
  }
  printLine(io.stdout, JSON.stringify(report));
  for (const sentence of brokenPromises(report)) printLine(io.stderr, sentence);
}

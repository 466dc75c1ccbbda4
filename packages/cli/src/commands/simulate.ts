import { join, parse } from "node:path";
import { type Finding, type Micros, parseDuration, showWhole, us } from "@sluice/dsl";
import { Command, InvalidArgumentError, Option } from "commander";
import { Cleanup } from "../cleanup";
import { ToolFailure } from "../failures";
import type { GatewayFile } from "../files";
import { instanceOption } from "../instances";
import { exitCodeOf } from "../interrupt";
import { colorsOf, type ExitCode, type Io, lookOf, printLine, progressOn, widthOf } from "../io";
import { renderLint } from "../print/lint-pretty";
import { renderSimulation, runName } from "../print/simulation";
import { showTime } from "../print/simulation-figures";
import { renderSimulationPage } from "../print/simulation-page";
import { differencesOf } from "../simulate/differences";
import { loadCalendar } from "../simulate/load-calendar";
import { type LoadSource, readLoadSource } from "../simulate/load-source";
import { pacerOf } from "../simulate/pacing";
import { type RunReport, reportRun } from "../simulate/report";
import { loadRequests } from "../simulate/requests";
import { arrivalSource, expectedWork, lengthOf, type RunOptions, runLoad } from "../simulate/run";
import { readTrials, type Side } from "../simulate/sides";
import type { SimulationReport } from "../simulate/simulation-report";
import { synthesize } from "../synthesize";
import { newTemporaryFolder } from "../temporary-folder";
import { SHOWN_VERSION } from "../version";
import { ensureWritable, writeWhole } from "../write-file";
import { envOption, example, type Format, formatOption, wholeNumber } from "./words";

export interface SimulateOptions {
  readonly file: string;
  readonly load: string;
  /** Left out: as the load says. */
  readonly for: Micros | undefined;
  readonly seed: number;
  readonly env: string | undefined;
  /** Undefined: all of the file's instances, one after the other. */
  readonly instance: string | undefined;
  readonly html: string | undefined;
  readonly format: Format;
  readonly compare: string | undefined;
  readonly compareRef: string | undefined;
}

type Typed = Omit<SimulateOptions, "file" | "load"> & { readonly load?: string };

const LOADS = `
A load says what comes in and how the target behaves. One line is one:
  arrivals: 5/s
Several tiers, a backlog on Monday, a target that fails now and then:
  arrivals:
    - { tier: HIGH, rate: 2/s }
    - { tier: BATCH, backlog: 1000000, at: Mon 06:00 }
  target:
    latency: { median: 250ms, p99: 3s }
    failures: { throttled: 1%, retryAfter: 30s }

Recorded starts are a load too: a CSV file with time, tier and operation, or
what \`aws stepfunctions list-executions\` or \`describe-execution\` printed.
docs/simulate.md is a tutorial, docs/reference/load-file.md lists every key.
`;

const NO_LOAD =
  "Nothing says what comes in. Name a load file, or recorded starts, with --load FILE. One line is a load: arrivals: 5/s. The files in loads/ are examples, and --help says more.";

export const newSimulateCommand = (run: (options: SimulateOptions) => Promise<void>): Command =>
  new Command("simulate")
    .description("Simulate days of a gateway under a load in seconds: waits by tier, drain time, failures, cost.")
    .argument("<file>", "gateway file")
    // Not one of commander's required ones: it would be missed before a mistyped --laod is told.
    .option("--load <file>", "what comes in, and how the target behaves: a load file, or recorded starts")
    .addOption(
      new Option("--for <duration>", "how much time to simulate (default: as the load says)").argParser(parseFor),
    )
    .addOption(
      new Option("--seed <number>", "the same seed gives the same run")
        .argParser(wholeNumber(0, Number.MAX_SAFE_INTEGER))
        .default(1),
    )
    .addOption(envOption())
    .addOption(instanceOption())
    .option("--html <file>", "write a page with the plots, which needs no network; FILE-INSTANCE for each of several")
    .addOption(formatOption("what came of it"))
    .option("--compare <file>", "simulate another gateway file under the same load, and tell the differences")
    .option("--compare-ref <ref>", "the same with the file as it was where this branch left a branch, tag or commit")
    .addHelpText("after", LOADS)
    .addHelpText(
      "after",
      example(
        "sluice simulate gateways/companies-house.yaml --load loads/weekday.yaml",
        "sluice simulate gateways/nvd.yaml --load loads/monday-backlog.yaml --for 3d --html nvd.html",
        "sluice simulate gateways/nvd.yaml --load starts.csv --compare-ref origin/main",
      ),
    )
    .action((file: string, typed: Typed) => {
      const { load, seed, env, instance, html, format, compare, compareRef } = typed;
      // Empty is what a shell makes of a variable that is not set.
      if (load === undefined || load === "") throw new ToolFailure(NO_LOAD);
      return run({ file, load, for: typed.for, seed, env, instance, html, format, compare, compareRef });
    });

function parseFor(text: string): Micros {
  const duration = parseDuration(text);
  if (duration === undefined)
    throw new InvalidArgumentError("Write a whole number above 0 and its unit, like 12h or 7d. Units: ms, s, m, h, d.");
  if (duration > LONGEST) throw new InvalidArgumentError("More than a year is not simulated. Write 365d at most.");
  return duration;
}

const LONGEST = 365 * 86_400_000_000;

/** One side with everything that its run needs. */
type Prepared = Pick<RunOptions, "plan" | "source" | "requests" | "length"> & { readonly side: Side };

/** One gateway of the file, ready to be simulated. */
interface PreparedTrial {
  readonly instance: string | undefined;
  readonly sides: readonly Prepared[];
  /** Where its page goes. */
  readonly html: string | undefined;
}

/** Reads, checks, simulates and prints; what is known so far when the user ends it. */
export async function runSimulate(options: SimulateOptions, io: Io): Promise<ExitCode> {
  const trials = await prepareAll(options, io);
  if (trials === undefined) return 1;
  for (const { html } of trials) if (html !== undefined) await ensureWritable(html, "--html", io.cwd);
  const reports: SimulationReport[] = [];
  let isCutOff = false;
  for (const trial of trials) {
    const report = await simulateOne(trial, options, io);
    isCutOff = report === undefined || isEndedEarly(report, trial);
    if (report !== undefined) await tell(report, { trial, options, isFirst: reports.push(report) === 1, io });
    if (report !== undefined && report.runs.length < trial.sides.length) tellWhatIsMissing(report, trial, io);
    if (isCutOff) break;
    if (report !== undefined) tellWhatIsLeft(report, options.for === undefined && hasLength(trial), io);
  }
  if (options.format === "json" && reports.length > 0) printLine(io.stdout, jsonOf(reports, trials));
  return isCutOff ? exitCodeOf(io.interrupt) : 0;
}

const hasLength = ({ sides: [side] }: PreparedTrial): boolean => side?.source.load.for !== undefined;

const isEndedEarly = ({ runs }: SimulationReport, { sides }: PreparedTrial): boolean =>
  runs.some((run) => run.isInterrupted) || runs.length < sides.length;

/** Everything that is simulated, checked before the first run; undefined where findings were printed. */
async function prepareAll(options: SimulateOptions, io: Io): Promise<PreparedTrial[] | undefined> {
  const trials = await readTrials(options, io);
  if (trials === undefined) return undefined;
  const prepared: PreparedTrial[] = [];
  for (const { instance, sides } of trials) {
    const ready: Prepared[] = [];
    for (const side of sides) {
      const one = await prepare(side, options, io);
      if (one === undefined) return undefined;
      ready.push(one);
    }
    const html = trials.length > 1 ? pageOf(options.html, instance) : options.html;
    prepared.push({ instance, sides: ready, html });
  }
  return prepared;
}

/** `shop.html` for the instance acme: `shop-acme.html`. */
function pageOf(html: string | undefined, instance: string | undefined): string | undefined {
  if (html === undefined || instance === undefined) return html;
  const { dir, name, ext } = parse(html);
  return join(dir, `${name}-${instance}${ext}`);
}

async function prepare(side: Side, options: SimulateOptions, io: Io): Promise<Prepared | undefined> {
  const read = await readLoadSource(options.load, side.plan, io);
  if (read.source === undefined) return refuse(read.findings, read.files, io);
  const { source } = read;
  const { requests, findings } = await loadRequests(source, side.plan);
  if (findings.length > 0) return refuse(findings, [{ file: source.file, text: source.document.text }], io);
  const prepared = { side, plan: side.plan, source, requests, length: lengthOf(source, options.for) };
  checkSize(prepared, options.seed);
  return prepared;
}

function refuse(findings: readonly Finding[], files: readonly GatewayFile[], io: Io): undefined {
  printLine(io.stderr, renderLint(files, findings, lookOf(io.stderr, io)));
}

/** More requests than a machine simulates in hours. */
const MOST_REQUESTS = 20_000_000;

function checkSize(prepared: Prepared, seed: number): void {
  const { source, length } = prepared;
  const { requests } = expectedWork(arrivalSource({ ...prepared, seed }), length);
  const time = showTime(length.untilUs);
  if (requests < 1)
    throw new ToolFailure(
      `No request comes within ${time} of ${source.file}: everything in it comes later, or too seldom. Simulate longer with --for, or look at from, at, days and rate of the load.`,
    );
  if (requests <= MOST_REQUESTS) return;
  const shorter = us(Math.max(1_000_000, Math.floor((length.untilUs / requests) * MOST_REQUESTS)));
  throw new ToolFailure(
    `About ${showWhole(requests)} requests come within ${time} of ${source.file}, and each is simulated by itself: more than ${showWhole(MOST_REQUESTS)} take many hours. Simulate a shorter time, at most --for ${Math.max(1, Math.floor(shorter / 60_000_000))}m, or lower the load and the gateway's limit by the same factor.`,
  );
}

/** Undefined: ended before anything was simulated. */
async function simulateOne(
  trial: PreparedTrial,
  options: SimulateOptions,
  io: Io,
): Promise<SimulationReport | undefined> {
  const cleanup = new Cleanup();
  const progress = progressOn(io.stderr);
  try {
    progress.show("synthesizing …");
    const folder = newTemporaryFolder("simulate", cleanup);
    const runs: RunReport[] = [];
    for (const [index, one] of trial.sides.entries()) {
      if (io.interrupt.aborted) break;
      const [stack] = await synthesize([one.plan], { out: join(folder, String(index)), validation: false });
      if (stack === undefined) throw new Error(`${one.side.file} gave no stack`);
      const expected = expectedWork(arrivalSource({ ...one, seed: options.seed }), one.length);
      const pacer = pacerOf(progress, io, { prefix: prefixOf(trial, index), expected });
      const run = { ...one, stack, seed: options.seed, interrupt: io.interrupt, progress: pacer };
      const end = await runLoad(run);
      if (!end.isInterrupted || end.requests > 0) runs.push(reportRun({ ...run, ...one.side }, end));
    }
    return reportOf(runs, trial, options);
  } finally {
    progress.clear();
    await cleanup.run();
  }
}

/** Which of several runs it is. */
function prefixOf({ instance, sides }: PreparedTrial, index: number): string {
  const ofInstance = instance === undefined ? "" : `${instance}: `;
  return sides.length > 1 ? `${ofInstance}${index + 1} of ${sides.length}: ` : ofInstance;
}

function reportOf(
  runs: readonly RunReport[],
  { sides }: PreparedTrial,
  { load, seed }: SimulateOptions,
): SimulationReport | undefined {
  const [before, after] = runs;
  const source: LoadSource | undefined = sides[0]?.source;
  if (before === undefined || source === undefined) return undefined;
  return {
    ...{ version: 1, sluice: SHOWN_VERSION, load, seed },
    startsAt: new Date(source.startMs ?? loadCalendar(source.load).startMs).toISOString(),
    zone: source.load.zone,
    runs,
    ...(after !== undefined && { differences: differencesOf(before, after) }),
  };
}

interface Telling {
  readonly trial: PreparedTrial;
  readonly options: SimulateOptions;
  readonly isFirst: boolean;
  readonly io: Io;
}

/** What came of one gateway: for people at once, for machines when all are through; and its page. */
async function tell(report: SimulationReport, { trial, options, isFirst, io }: Telling): Promise<void> {
  const { html } = trial;
  if (html !== undefined) await writeWhole(html, renderSimulationPage(report), io.cwd);
  if (options.format === "pretty") {
    if (!isFirst) printLine(io.stdout, "\n");
    printLine(io.stdout, renderSimulation(report, colorsOf(io.stdout, io.env), widthOf(io.stdout)));
  }
  if (html !== undefined) printLine(io.stderr, `The plots are in ${html}.`);
}

/** One object; that of a file with several instances holds theirs. */
function jsonOf(reports: readonly SimulationReport[], trials: readonly PreparedTrial[]): string {
  const instances = reports.map((report, index) => ({ instance: trials[index]?.instance, ...report }));
  return JSON.stringify(trials.length === 1 ? reports[0] : { version: 1, instances }, null, 2);
}

/** Ended before both were simulated: the figures are not those of the file that was asked about. */
function tellWhatIsMissing({ runs }: SimulationReport, { sides }: PreparedTrial, io: Io): void {
  const [run, asked] = [runs.at(-1), sides.at(-1)];
  if (run === undefined || asked === undefined) return;
  const names = [runName(run), runName(asked.side)];
  printLine(io.stderr, `These are the figures of ${names[0]} alone: it was ended before ${names[1]} was simulated.`);
}

/** @param isTheLoads whether the load says how long is simulated */
function tellWhatIsLeft({ runs }: SimulationReport, isTheLoads: boolean, io: Io): void {
  const run = runs.at(-1);
  for (const { tier, left, drainUs, requests, atUs } of run?.backlogs ?? []) {
    if (run === undefined || drainUs !== undefined) continue;
    const pace = (run.simulatedUs - atUs) / Math.max(1, requests - left);
    const mend = requests === left ? "Simulate longer with --for." : mendAt(atUs + pace * requests * 1.05);
    printLine(
      io.stderr,
      `The backlog of ${showWhole(requests)} for ${tier} was not worked off in ${showTime(run.simulatedUs)}: ${showWhole(left)} of it are left. ${isTheLoads ? "The load's for is too short for it. " : ""}${mend}`,
    );
  }
}

const MINUTE_US = 60_000_000;

/** How a backlog is seen to its end that takes so long. */
function mendAt(neededUs: number): string {
  if (neededUs > LONGEST) return "At this pace it takes more than a year, which is not simulated.";
  const minutes = Math.ceil(neededUs / MINUTE_US);
  return `At this pace it takes about --for ${minutes > 180 ? `${Math.ceil(minutes / 60)}h` : `${minutes}m`}.`;
}

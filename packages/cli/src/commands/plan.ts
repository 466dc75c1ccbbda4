import type { Finding } from "@sluice/dsl";
import { Command, Option } from "commander";
import { type BothSides, readBothSides, readProjects, underProjects } from "../both-sides";
import { type Asker, findBase, findRepository } from "../git";
import { exitCodeOf, Interrupted, listening } from "../interrupt";
import { colorsOf, type ExitCode, type Io, lookOf, printLine, widthOf } from "../io";
import { type ProjectSides, planSides } from "../plan-sides";
import { renderLint } from "../print/lint-pretty";
import { planJson } from "../print/plan-json";
import { renderPlanMarkdown } from "../print/plan-markdown";
import { renderPlan } from "../print/plan-pretty";
import type { PlanReport } from "../print/plan-report";
import { example } from "./words";

export interface PlanOptions {
  /** As typed; none: those of gateways/. */
  readonly files: readonly string[];
  /** A branch, a tag or a commit. */
  readonly base: string;
  /** Undefined: the files themselves and all their environments. */
  readonly env: string | undefined;
  readonly format: "pretty" | "markdown" | "json";
}

const ASKER: Asker = { command: "plan", option: "--base", otherwise: "use: sluice explain FILE" };

type Typed = Omit<PlanOptions, "files">;

export const newPlanCommand = (run: (options: PlanOptions) => Promise<void>): Command =>
  new Command("plan")
    .description("Say what a change of gateway files does when it is deployed, for review in a pull request.")
    .argument("[files...]", "gateway files or folders of them (default: gateways/*.yaml)")
    .option("--base <ref>", "the branch, tag or commit to compare with, where this branch left it", "HEAD")
    .option("--env <environment>", "only this environment (default: the files themselves, and all their environments)")
    .addOption(
      new Option("--format <format>", "how to print what changes")
        .choices(["pretty", "markdown", "json"])
        .default("pretty"),
    )
    .addHelpText("after", example("sluice plan", "sluice plan --base origin/main --format markdown"))
    .action((files: string[], { base, env, format }: Typed) => run({ files, base, env, format }));

/** Compares the files here with those of a commit. Changes are no failure: exit 0 with and without. */
export async function runPlan(options: PlanOptions, io: Io): Promise<ExitCode> {
  try {
    const repository = await findRepository(ASKER, io);
    const base = await findBase(options.base, repository, io);
    const shared = await readProjects(base, repository, io);
    const sides = underProjects(await readBothSides(options.files, base, repository, io), shared);
    const planned = await listening(planSides(sides, options.env, shared), io.interrupt);
    if (planned.errors !== undefined) return printErrors(sides, shared, planned.errors, io);
    printLine(io.stdout, render({ base, ...planned.report }, options.format, io));
    return 0;
  } catch (error) {
    if (error instanceof Interrupted) return exitCodeOf(io.interrupt);
    throw error;
  }
}

function printErrors(
  { after }: BothSides,
  { after: project }: ProjectSides,
  errors: readonly Finding[],
  io: Io,
): ExitCode {
  const sources = project === undefined ? after : [project.document, ...after];
  printLine(io.stderr, renderLint(sources, errors, lookOf(io.stderr, io)));
  return 1;
}

function render(report: PlanReport, format: PlanOptions["format"], io: Io): string {
  switch (format) {
    case "json":
      return JSON.stringify(planJson(report), null, 2);
    case "markdown":
      return renderPlanMarkdown(report);
    case "pretty":
      return renderPlan(report, colorsOf(io.stdout, io.env), widthOf(io.stdout));
  }
}

import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { Command } from "commander";
import { ToolFailure } from "../failures";
import { readGatewayFiles, shownPath } from "../files";
import { exitCodeOf } from "../interrupt";
import { colorsOf, type ExitCode, type Io, lookOf, printLine } from "../io";
import type { Answers, Auth } from "../new/answers";
import type { Drafted } from "../new/draft";
import { schemaLine } from "../schema-line";
import { writeNewFile } from "../write-file";
import { example } from "./words";

export interface NewOptions {
  readonly name: string;
  readonly url: string | undefined;
  readonly rate: string | undefined;
  readonly auth: string | undefined;
  readonly operation: string | undefined;
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly out: string | undefined;
  readonly force: boolean;
  /** Nothing is asked, also at a terminal. */
  readonly yes: boolean;
}

type Typed = Partial<Omit<NewOptions, "name">>;

export const newNewCommand = (run: (options: NewOptions) => Promise<void>): Command =>
  new Command("new")
    .description("Write a commented gateway file to start from. Asks on a terminal for what is not given.")
    .argument("<name>", "name of the gateway: lower-case words joined by hyphens")
    .option("--url <url>", "where the target is")
    .option("--rate <rate>", "its limit: calls/window, like 600/5m")
    .option("--auth <kind>", "how it knows its callers: none, basic, bearer or apiKey (default: none)")
    .option("--operation <name>", "name of the first operation (default: read)")
    .option("--method <method>", "its HTTP method (default: GET)")
    .option("--path <template>", "its path, an RFC 6570 template like /company/{number}{?page} (default: /)")
    .option("--out <file>", "file to write (default: gateways/NAME.yaml)")
    .option("--force", "replace the file if there is one")
    .option("--yes", "ask nothing: what is not given takes its default")
    .addHelpText(
      "after",
      example(
        "sluice new companies-house",
        "sluice new companies-house --url https://api.example.org --rate 600/5m --auth basic --path /company/{number} --yes",
      ),
    )
    .action((name: string, typed: Typed) =>
      run({
        name,
        url: typed.url,
        rate: typed.rate,
        auth: typed.auth,
        operation: typed.operation,
        method: typed.method,
        path: typed.path,
        out: typed.out,
        force: typed.force ?? false,
        yes: typed.yes ?? false,
      }),
    );

/** Writes the file when lint finds nothing wrong in it, and not before. */
export async function runNew(options: NewOptions, io: Io): Promise<ExitCode> {
  const [{ isAtTerminal, askFor }, { DEFAULTS }, { draft }] = await Promise.all([
    import("../new/ask.js"),
    import("../new/answers.js"),
    import("../new/draft.js"),
  ]);
  const file = options.out ?? `gateways/${options.name}.yaml`;
  const given = { ...options, method: options.method?.toUpperCase(), auth: await authOf(options.auth) };
  await refuseFaults(given);
  if (!options.force && existsSync(resolve(io.cwd, file))) throw exists(file);
  const isAsked = !options.yes && isAtTerminal(io);
  const answers = isAsked ? await askFor(given, io) : completed(given, DEFAULTS);
  if (answers === undefined) {
    printLine(io.stderr, "\nNothing was written.");
    return exitCodeOf(io.interrupt);
  }
  const drafted = draft(answers, file, schemaLine(file, io.cwd), await filesBeside(file, io));
  if (await hasFaults(drafted, answers, io)) return 1;
  await writeNewFile(file, drafted.text, io.cwd, options.force);
  await tellNext(file, drafted, answers, io);
  return 0;
}

const exists = (file: string): ToolFailure =>
  new ToolFailure(`${file} exists and was left as it is. Replace it with --force, or choose another one with --out.`);

async function authOf(typed: string | undefined): Promise<Auth | undefined> {
  if (typed === undefined) return undefined;
  const [{ AUTHS }, { didYouMean }] = await Promise.all([import("../new/answers.js"), import("@sluice/dsl")]);
  const found = AUTHS.find((auth) => auth === typed);
  if (found !== undefined) return found;
  const guess = didYouMean(typed, AUTHS);
  const mend = guess === undefined ? "" : ` Did you mean ${guess}?`;
  throw new ToolFailure(`--auth ${typed}: it must be one of ${AUTHS.join(", ")}.${mend}`);
}

type Given = Partial<Answers> & Pick<Answers, "name">;

/** Each word typed by itself, before anything is asked. @throws ToolFailure with all that is wrong */
async function refuseFaults(given: Given): Promise<void> {
  const [{ FLAGS }, { problemWith }] = await Promise.all([import("../new/answers.js"), import("../new/draft.js")]);
  const faults = (["name", "url", "rate", "operation", "method", "path"] as const).flatMap((key) => {
    const value = given[key];
    const problem = value === undefined ? undefined : problemWith(key, value, given.name);
    return problem === undefined ? [] : [`${key === "name" ? "" : `${FLAGS[key]} `}${value}: ${problem}`];
  });
  if (faults.length > 0) throw new ToolFailure(faults.join("\n        "));
}

/** Without anybody to ask: what has no default must be given. */
function completed(given: Given, defaults: Pick<Answers, "auth" | "operation" | "method" | "path">): Answers {
  const { name, url, rate } = given;
  const missing = [url === undefined ? "--url" : "", rate === undefined ? "--rate" : ""].filter((flag) => flag !== "");
  if (url === undefined || rate === undefined)
    throw new ToolFailure(
      `${missing.join(" and ")} must be given where nothing is asked, like --url https://api.example.org --rate 600/5m. They are never guessed.`,
    );
  return {
    name,
    url,
    rate,
    auth: given.auth ?? defaults.auth,
    operation: given.operation ?? defaults.operation,
    method: given.method ?? defaults.method,
    path: given.path ?? defaults.path,
  };
}

/** The other gateways of the folder: a name may be taken. */
async function filesBeside(file: string, io: Io) {
  const folder = dirname(file);
  const files = await readGatewayFiles([folder], io).catch((error: unknown) => {
    if (error instanceof ToolFailure) return []; // No folder yet, or nothing in it.
    throw error;
  });
  return files.filter((other) => resolve(io.cwd, other.file) !== resolve(io.cwd, file));
}

async function hasFaults({ text, findings }: Drafted, answers: Answers, io: Io): Promise<boolean> {
  const [{ FLAGS }, { answerOf, sentencesOf }] = await Promise.all([
    import("../new/answers.js"),
    import("../new/draft.js"),
  ]);
  const errors = findings.filter(({ severity }) => severity === "error");
  const colors = colorsOf(io.stderr, io.env);
  for (const finding of errors) {
    const key = answerOf(finding);
    const about = key === undefined ? "" : `${key === "name" ? "" : `${FLAGS[key]} `}${answers[key]}: `;
    printLine(io.stderr, `${colors.red("sluice:")} ${about}${sentencesOf(finding)}`);
  }
  if (errors.length > 0 && text !== "") printLine(io.stderr, "Nothing was written.");
  return errors.length > 0;
}

async function tellNext(file: string, { text, findings }: Drafted, { name, auth }: Answers, io: Io): Promise<void> {
  const shown = shownPath(resolve(io.cwd, file), io);
  printLine(io.stdout, shown);
  if (findings.length > 0) {
    const { renderLint } = await import("../print/lint-pretty.js");
    printLine(io.stderr, renderLint([{ file, text }], findings, lookOf(io.stderr, io)));
  }
  printLine(
    io.stderr,
    `Next: write the page of the limit on top, then \`sluice lint ${shown}\` and \`sluice explain ${shown}\`.`,
  );
  if (auth !== "none")
    printLine(
      io.stderr,
      `It refers to the secret ${name} in Secrets Manager; to try it here, put it into sluice.secrets.yaml.`,
    );
}

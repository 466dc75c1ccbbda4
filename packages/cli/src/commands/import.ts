import { basename } from "node:path";
import { Command } from "commander";
import { ToolFailure } from "../failures";
import { readText, shownPath } from "../files";
import type { ApiDocument } from "../import/document";
import type { ImportedGateway } from "../import/gateway";
import type { Notes } from "../import/notes";
import type { FoundOperation } from "../import/operations";
import { colorsOf, type ExitCode, type Io, lookOf, printLine, textOf } from "../io";
import { plural } from "../print/words";
import { schemaLine } from "../schema-line";
import { writeNewFile } from "../write-file";
import { example } from "./words";

export interface ImportOpenApiOptions {
  /** `-` for standard input. */
  readonly file: string;
  readonly name: string | undefined;
  /** Undefined: standard output. */
  readonly out: string | undefined;
  readonly force: boolean;
  /** Names, or the document's own ids. */
  readonly operations: readonly string[] | undefined;
  readonly tags: readonly string[];
  readonly pathPrefix: string | undefined;
}

interface Typed {
  readonly name?: string;
  readonly out?: string;
  readonly force?: boolean;
  readonly operations?: readonly string[];
  readonly tag?: readonly string[];
  readonly pathPrefix?: string;
}

const commas = (text: string): string[] =>
  text
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");

const newOpenApiCommand = (run: (options: ImportOpenApiOptions) => Promise<void>): Command =>
  new Command("openapi")
    .description("Make a gateway file from an OpenAPI document (Swagger 2.0, OpenAPI 3), JSON or YAML.")
    .argument("<file>", "the document; - for standard input")
    .option(
      "--operations <names>",
      "only these, separated by commas: names as in the gateway file, or operationIds",
      commas,
    )
    .option("--tag <tag>", "only operations with this tag; may be repeated", (tag: string, tags: string[] = []) => [
      ...tags,
      tag,
    ])
    .option("--path-prefix <path>", "only operations whose path begins with this")
    .option("--name <name>", "name of the gateway (default: that of --out, else from the document's title)")
    .option("--out <file>", "write to this file instead of standard output")
    .option("--force", "replace the file of --out if there is one")
    .addHelpText(
      "after",
      `
The limit is never guessed: it is left as a question, "?", which lint insists on. What the document
says of limits stands beside it as a hint. What could not be carried over is listed on standard error.
`,
    )
    .addHelpText(
      "after",
      example(
        "sluice import openapi petstore.yaml --out gateways/petstore.yaml",
        "sluice import openapi github.json --tag issues --name github",
      ),
    )
    .action((file: string, { name, out, force = false, operations, tag = [], pathPrefix }: Typed) =>
      run({ file, name, out, force, operations, tags: tag, pathPrefix }),
    );

export const newImportCommand = (run: (options: ImportOpenApiOptions) => Promise<void>): Command =>
  new Command("import")
    .description("Make a gateway file from a description of the target.")
    .addCommand(newOpenApiCommand(run))
    .on("command:*", ([word = ""]: string[]) => {
      const file = /[./]/.test(word) ? word : "FILE";
      throw new ToolFailure(
        `${word} is no kind of description that is known. Did you mean openapi? Write: sluice import openapi ${file}`,
      );
    })
    .addHelpText("after", example("sluice import openapi petstore.yaml --out gateways/petstore.yaml"));

/** Prints or writes the gateway file; notes and findings go to standard error. */
export async function runImportOpenApi(options: ImportOpenApiOptions, io: Io): Promise<ExitCode> {
  const [{ readApiDocument }, { operationsIn }, { importGateway }, imports] = await Promise.all([
    import("../import/document.js"),
    import("../import/operations.js"),
    import("../import/gateway.js"),
    import("../import/notes.js"),
  ]);
  const source = options.file === "-" ? "standard input" : options.file;
  const text = options.file === "-" ? await textOf(io.stdin) : await readText(options.file, io);
  const document = await readApiDocument(text, source, io.cwd);
  const all = operationsIn(document);
  if (all.length === 0) throw withoutOperations(document.root, source);
  const operations = await chosenOf(all, options);
  const notes = new imports.Notes();
  const name = options.name ?? (options.out === undefined ? undefined : basename(options.out).replace(/\.ya?ml$/, ""));
  const imported = importGateway(
    {
      document,
      operations,
      name,
      file: options.out,
      source: options.file === "-" ? source : basename(source),
      schemaLine: schemaLine(options.out ?? "gateways/x.yaml", io.cwd),
    },
    notes,
  );
  if (imported.operations > 0) await emit(imported, options, io);
  return tell(imported, notes, all.length, options, io);
}

/** @throws ToolFailure when a name, a tag or the prefix fits nothing */
async function chosenOf(
  all: readonly FoundOperation[],
  options: ImportOpenApiOptions,
): Promise<readonly FoundOperation[]> {
  const { operations, tags, pathPrefix } = options;
  const names = all.flatMap(({ name, id }) => (id === undefined ? [name] : [name, id]));
  await refuseUnknown(operations ?? [], names, "operation");
  await refuseUnknown(tags, [...new Set(all.flatMap((operation) => operation.tags))], "tag");
  const chosen = all.filter(
    (one) =>
      (operations === undefined || operations.some((name) => name === one.name || name === one.id)) &&
      (tags.length === 0 || tags.some((tag) => one.tags.includes(tag))) &&
      (pathPrefix === undefined || one.path.startsWith(pathPrefix)),
  );
  if (chosen.length > 0) return chosen;
  const [first] = all;
  throw new ToolFailure(
    `None of the ${all.length} operations is chosen by what you gave. Their paths look like ${first?.path ?? "/"}.`,
  );
}

function withoutOperations({ paths }: ApiDocument["root"], source: string): ToolFailure {
  const elsewhere = /"\$ref":"(https?:[^"]*)"/.exec(JSON.stringify(paths ?? {}))?.[1];
  return new ToolFailure(
    elsewhere === undefined
      ? `${source} has no operations: nothing stands under its paths.`
      : `${source} has no operations of its own: its paths are at ${elsewhere}, and nothing is read from the network. Download that document and import it, or bundle all into one file first.`,
  );
}

async function refuseUnknown(words: readonly string[], known: readonly string[], what: string): Promise<void> {
  const unknown = words.find((word) => !known.includes(word));
  if (unknown === undefined) return;
  const { didYouMean } = await import("@sluice/dsl");
  const likely = didYouMean(unknown, known);
  const some = known.slice(0, MAX_NAMED).join(", ");
  throw new ToolFailure(
    likely !== undefined
      ? `The document has no ${what} ${unknown}. Did you mean ${likely}?`
      : known.length === 0
        ? `The document has no ${what}s.`
        : `The document has no ${what} ${unknown}. It has ${some}${known.length > MAX_NAMED ? ", …" : ""}.`,
  );
}

/** Names told to somebody whose word is like none of them. */
const MAX_NAMED = 8;

async function emit(imported: ImportedGateway, options: ImportOpenApiOptions, io: Io): Promise<void> {
  if (imported.findings.length > 0) return;
  if (options.out === undefined) io.stdout.write(imported.text);
  else await writeNewFile(options.out, imported.text, io.cwd, options.force);
}

async function tell(
  { file, text, operations, findings }: ImportedGateway,
  notes: Notes,
  found: number,
  { out }: ImportOpenApiOptions,
  io: Io,
): Promise<ExitCode> {
  const colors = colorsOf(io.stderr, io.env);
  if (notes.count > 0) {
    const { renderNotes } = await import("../print/import-notes.js");
    printLine(io.stderr, `${renderNotes(notes, colors)}\n`);
  }
  if (operations === 0) {
    printLine(io.stderr, colors.red("No operation could be carried over, so nothing was written."));
    return 1;
  }
  if (findings.some(({ name, message }) => name === "yaml-syntax" && /large/.test(message))) {
    printLine(
      io.stderr,
      colors.red(
        `A file of ${plural(operations, "operation")} would be too large, so nothing was written. Choose with --operations, --tag or --path-prefix.`,
      ),
    );
    return 1;
  }
  if (findings.length > 0) {
    const { renderLint } = await import("../print/lint-pretty.js");
    printLine(io.stderr, renderLint([{ file, text }], findings, lookOf(io.stderr, io)));
    printLine(io.stderr, "Nothing was written.");
    return 1;
  }
  const written = out === undefined ? "" : ` in ${shownPath(out, io)}`;
  const questions = [...text.matchAll(/^ *(\w+): "\?"/gm)].map(([, key]) => key);
  printLine(
    io.stderr,
    `${operations} of ${plural(found, "operation")}${written}. Left to you: ${questions.join(" and ")}.`,
  );
  return 0;
}

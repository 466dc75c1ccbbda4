import { Argument, Command } from "commander";
import type { ExitCode, Io } from "../io";
import { example } from "./words";

/** The kinds of file that there is a schema for: a gateway file, `sluice.yaml`, or a load file. */
export type SchemaKind = "gateway" | "project" | "load";

export interface SchemaOptions {
  readonly kind: SchemaKind;
}

const EDITORS = `
What an editor does with it: completes keys, shows what they mean, and marks
what is wrong while you type.

In the file, for every editor with the YAML language server (VS Code's YAML
extension, Neovim, Emacs):
  # yaml-language-server: $schema=../schemas/gateway.schema.json

In VS Code's settings, for all files at once:
  "yaml.schemas": {
    "./schemas/gateway.schema.json": "gateways/*.yaml",
    "./schemas/sluice.schema.json": "sluice.yaml",
    "./schemas/load.schema.json": "loads/*.yaml"
  }

An editor knows the shape of a file. What follows from its numbers only
\`sluice lint\` knows. docs/editor.md tells more, also of other editors.
`;

export const newSchemaCommand = (run: (options: SchemaOptions) => Promise<void>): Command =>
  new Command("schema")
    .description(
      "Print the JSON Schema (draft 2020-12) of gateway files, of sluice.yaml or of load files, for editors and other tools.",
    )
    .addArgument(
      new Argument("[kind]", "of which file: gateway files, the project's sluice.yaml, or load files for simulate")
        .choices(["gateway", "project", "load"])
        .default("gateway"),
    )
    .addHelpText("after", EDITORS)
    .addHelpText(
      "after",
      example("sluice schema > schemas/gateway.schema.json", "sluice schema project > schemas/sluice.schema.json"),
    )
    .action((kind: SchemaKind) => run({ kind }));

/** The schema and nothing else, so that it can be sent into a file. */
export async function runSchema({ kind }: SchemaOptions, io: Io): Promise<ExitCode> {
  const { gatewayJsonSchemaText, loadJsonSchemaText, projectJsonSchemaText } = await import("@sluice/dsl");
  const text = { gateway: gatewayJsonSchemaText, project: projectJsonSchemaText, load: loadJsonSchemaText };
  io.stdout.write(text[kind]());
  return 0;
}

import { Command } from "commander";
import type { ExitCode, Io } from "../io";
import { example } from "./words";

const EDITORS = `
What an editor does with it: completes keys, shows what they mean, and marks what is wrong while you type.

In the file, for every editor with the YAML language server (VS Code's YAML extension, Neovim, Emacs, JetBrains):
  # yaml-language-server: $schema=../schemas/gateway.schema.json

In VS Code's settings, for all gateway files at once:
  "yaml.schemas": { "./schemas/gateway.schema.json": "gateways/*.yaml" }

An editor knows the shape of a file. What follows from its numbers only \`sluice lint\` knows.
`;

export const newSchemaCommand = (run: (options: object) => Promise<void>): Command =>
  new Command("schema")
    .description("Print the JSON Schema (draft 2020-12) of gateway files, for editors and other tools.")
    .addHelpText("after", EDITORS)
    .addHelpText("after", example("sluice schema > schemas/gateway.schema.json"))
    .action(() => run({}));

/** The schema and nothing else, so that it can be sent into a file. */
export async function runSchema(_options: object, io: Io): Promise<ExitCode> {
  const { gatewayJsonSchemaText } = await import("@sluice/dsl");
  io.stdout.write(gatewayJsonSchemaText());
  return 0;
}

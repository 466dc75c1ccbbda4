import { spawn } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import {
  type CompletionList,
  createMessageConnection,
  type Diagnostic,
  type Hover,
  type PublishDiagnosticsParams,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver-protocol/node";

const ROOT = join(__dirname, "..", "..", "..", "..");
const SERVER = join(ROOT, "node_modules", "yaml-language-server", "bin", "yaml-language-server");

/** The server that editors run, with the schemas as they are committed. */
export interface LanguageServer {
  /** What is shown over the place that `|` marks in a text. */
  hover(drawn: string, file?: string): Promise<string>;
  /** What is offered at the place that `|` marks. */
  complete(drawn: string, file?: string): Promise<string[]>;
  /** What is underlined: the text and the words. */
  diagnose(text: string, file?: string): Promise<{ readonly text: string; readonly message: string }[]>;
  close(): Promise<void>;
}

const urlOf = (file: string): string => pathToFileURL(join(ROOT, file)).href;

/** Nothing is looked up on a network: the schemas are files, and no others are known. */
const SETTINGS = {
  yaml: {
    schemas: {
      [urlOf("schemas/gateway.schema.json")]: "gateways/*.yaml",
      [urlOf("schemas/sluice.schema.json")]: "sluice.yaml",
    },
    schemaStore: { enable: false },
    hover: true,
    completion: true,
    validate: true,
  },
};

export async function startLanguageServer(): Promise<LanguageServer> {
  const child = spawn(process.execPath, [SERVER, "--stdio"], { stdio: ["pipe", "pipe", "ignore"] });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const connection = createMessageConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  const published = new Map<string, (diagnostics: Diagnostic[]) => void>();
  connection.onNotification("textDocument/publishDiagnostics", ({ uri, diagnostics }: PublishDiagnosticsParams) =>
    published.get(uri)?.(diagnostics),
  );
  connection.onRequest("workspace/configuration", ({ items }: { items: { section?: string }[] }) =>
    items.map(({ section }) => (section === "yaml" ? SETTINGS.yaml : null)),
  );
  connection.onRequest("client/registerCapability", () => null);
  connection.listen();
  await connection.sendRequest("initialize", {
    processId: process.pid,
    rootUri: pathToFileURL(ROOT).href,
    capabilities: { workspace: { configuration: true }, textDocument: { hover: { contentFormat: ["markdown"] } } },
    workspaceFolders: null,
  });
  await connection.sendNotification("initialized", {});
  await connection.sendNotification("workspace/didChangeConfiguration", { settings: SETTINGS });
  let opened = 0;
  const open = async (file: string, text: string): Promise<string> => {
    opened += 1;
    // A folder for each, so that one text is never taken for a change of another.
    const uri = urlOf(file === "sluice.yaml" ? `try-${opened}/sluice.yaml` : `try-${opened}/gateways/${file}`);
    await connection.sendNotification("textDocument/didOpen", {
      textDocument: { uri, languageId: "yaml", version: 1, text },
    });
    return uri;
  };
  const ask = async <Answer>(method: string, drawn: string, file: string): Promise<Answer> => {
    const before = drawn.slice(0, drawn.indexOf("|"));
    const lines = before.split("\n");
    const position = { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
    const uri = await open(file, drawn.replace("|", ""));
    return connection.sendRequest<Answer>(method, { textDocument: { uri }, position });
  };
  const server: LanguageServer = {
    async hover(drawn, file = "test.yaml") {
      const hover = await ask<Hover | null>("textDocument/hover", drawn, file);
      const contents = hover?.contents;
      return typeof contents === "object" && "value" in contents ? contents.value : String(contents ?? "");
    },
    async complete(drawn, file = "test.yaml") {
      const list = await ask<CompletionList>("textDocument/completion", drawn, file);
      return list.items.map(({ label }) => label);
    },
    async diagnose(text, file = "test.yaml") {
      const next = `try-${opened + 1}/${file === "sluice.yaml" ? file : `gateways/${file}`}`;
      const found = new Promise<Diagnostic[]>((resolve) => published.set(urlOf(next), resolve));
      await open(file, text);
      const lines = text.split("\n");
      return (await found).map(({ range: { start, end }, message }) => ({
        text: lines[start.line]?.slice(start.character, end.line === start.line ? end.character : undefined) ?? "",
        message,
      }));
    },
    async close() {
      await connection.sendRequest("shutdown");
      await connection.sendNotification("exit");
      await ended;
      connection.dispose();
    },
  };
  // What is asked before the settings are read is answered without a schema, under which nothing is wrong.
  while ((await server.diagnose("version: 2\n")).length === 0);
  return server;
}

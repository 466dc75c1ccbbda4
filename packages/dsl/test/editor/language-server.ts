import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import {
  type CompletionItem,
  CompletionRequest,
  ConfigurationRequest,
  createProtocolConnection,
  type Diagnostic,
  DidChangeConfigurationNotification,
  DidCloseTextDocumentNotification,
  DidOpenTextDocumentNotification,
  ExitNotification,
  HoverRequest,
  InitializedNotification,
  InitializeRequest,
  type Position,
  type ProtocolConnection,
  PublishDiagnosticsNotification,
  RegistrationRequest,
  ShutdownRequest,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver-protocol/node";

/**
 * The YAML language server that editors run, asked as they ask it: the protocol over standard input and output, the
 * committed schemas by the settings of docs/editor.md, no network.
 */
export interface LanguageServer {
  /** What is shown when the pointer rests at the place drawn as `|`; empty when nothing is. */
  hover(drawn: string, kind?: Kind): Promise<string>;
  /** What is offered at the place drawn as `|`. */
  complete(drawn: string, kind?: Kind): Promise<readonly Offer[]>;
  /** What is marked in the text, in the order of the text. */
  diagnose(text: string, kind?: Kind): Promise<readonly Marked[]>;
  close(): Promise<void>;
}

/** A gateway file, `sluice.yaml`, or a file that the settings say nothing of. */
export type Kind = "gateway" | "project" | "elsewhere";

/** One completion, and the text after it was taken, a snippet's holes filled with what stands in them. */
export interface Offer {
  readonly label: string;
  readonly documentation: string;
  readonly text: string;
}

export interface Marked {
  readonly message: string;
  /** The part of the text that is underlined. */
  readonly at: string;
}

const ROOT = join(__dirname, "..", "..", "..", "..");
const SERVER = require.resolve("yaml-language-server/bin/yaml-language-server");

const FILES: Readonly<Record<Kind, string>> = {
  gateway: "gateways/*.yaml",
  project: "*/sluice.yaml",
  elsewhere: "drafts/*.yaml",
};

/** The settings that docs/editor.md gives for VS Code: a schema for each kind of file. */
const [, DOCUMENTED = ""] =
  /```json\n([^`]*"yaml\.schemas"[^`]*)```/.exec(readFileSync(join(ROOT, "docs", "editor.md"), "utf8")) ?? [];

const SETTINGS = {
  yaml: {
    schemas: JSON.parse(DOCUMENTED)["yaml.schemas"],
    schemaStore: { enable: false },
    kubernetesCRDStore: { enable: false },
    validate: true,
    hover: true,
    completion: true,
  },
};

/** Starts the server and waits until it knows the schemas. */
export async function startLanguageServer(): Promise<LanguageServer> {
  const child = spawn(process.execPath, [SERVER, "--stdio"], { stdio: ["pipe", "pipe", "ignore"] });
  const connection = createProtocolConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  connection.onRequest(ConfigurationRequest.type, ({ items }) => items.map(({ section }) => settingsOf(section)));
  connection.onRequest(RegistrationRequest.type, () => undefined);
  connection.listen();
  await connection.sendRequest(InitializeRequest.type, {
    processId: process.pid,
    rootUri: urlOf(""),
    workspaceFolders: [{ uri: urlOf(""), name: "sluice" }],
    capabilities: {
      workspace: { configuration: true, didChangeConfiguration: { dynamicRegistration: true } },
      textDocument: {
        completion: { completionItem: { snippetSupport: true, documentationFormat: ["markdown"] } },
        hover: { contentFormat: ["markdown"] },
        publishDiagnostics: {},
      },
    },
  });
  await connection.sendNotification(InitializedNotification.type, {});
  await connection.sendNotification(DidChangeConfigurationNotification.type, { settings: SETTINGS });
  const server = askedOf(connection, child);
  // It asks for its settings and reads the schemas when it likes: a text that is wrong is marked once it has.
  while ((await server.diagnose("nothing: 1")).length === 0);
  return server;
}

const settingsOf = (section: string | undefined): unknown =>
  section === undefined ? SETTINGS : (SETTINGS as Record<string, unknown>)[section];

function urlOf(path: string): string {
  return pathToFileURL(join(ROOT, path)).href;
}

function askedOf(connection: ProtocolConnection, child: ChildProcess): LanguageServer {
  const published = new Map<string, (found: Diagnostic[]) => void>();
  connection.onNotification(PublishDiagnosticsNotification.type, ({ uri, diagnostics }) =>
    published.get(uri)?.(diagnostics),
  );
  let texts = 0;
  /** Opens the text as a file, asks about it, and closes it. */
  const withText = async <Answer>(text: string, kind: Kind, ask: (uri: string) => Promise<Answer>): Promise<Answer> => {
    // A name of its own for each: the server remembers what it read by name and version.
    texts += 1;
    const uri = urlOf(FILES[kind].replace("*", `text-${texts}`));
    const textDocument = { uri, languageId: "yaml", version: 1, text };
    await connection.sendNotification(DidOpenTextDocumentNotification.type, { textDocument });
    try {
      return await ask(uri);
    } finally {
      published.delete(uri);
      await connection.sendNotification(DidCloseTextDocumentNotification.type, { textDocument: { uri } });
    }
  };

  return {
    hover: (drawn, kind = "gateway") => {
      const { text, position } = readCursor(drawn);
      return withText(text, kind, async (uri) => {
        const answer = await connection.sendRequest(HoverRequest.type, { textDocument: { uri }, position });
        return textOf(answer?.contents);
      });
    },
    complete: (drawn, kind = "gateway") => {
      const { text, position } = readCursor(drawn);
      return withText(text, kind, async (uri) => {
        const answer = await connection.sendRequest(CompletionRequest.type, { textDocument: { uri }, position });
        const items = Array.isArray(answer) ? answer : (answer?.items ?? []);
        return items.map((item) => offerOf(item, text, position));
      });
    },
    diagnose: async (text, kind = "gateway") => {
      const found = await withText(
        text,
        kind,
        (uri) => new Promise<readonly Diagnostic[]>((resolve) => published.set(uri, resolve)),
      );
      return found
        .map(({ message, range }) => ({ message, start: offsetAt(text, range.start), end: offsetAt(text, range.end) }))
        .sort((one, other) => one.start - other.start)
        .map(({ message, start, end }) => ({ message, at: text.slice(start, end) }));
    },
    close: async () => {
      const ended = once(child, "exit");
      await connection.sendRequest(ShutdownRequest.type);
      await connection.sendNotification(ExitNotification.type);
      await ended;
      connection.dispose();
    },
  };
}

/** Takes the cursor out of a text: `rateL|imit`. */
function readCursor(drawn: string): { readonly text: string; readonly position: Position } {
  const [before, after, ...more] = drawn.split("|");
  if (before === undefined || after === undefined || more.length > 0) throw new Error("draw exactly one |");
  const lines = before.split("\n");
  return { text: before + after, position: { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 } };
}

function offsetAt(text: string, { line, character }: Position): number {
  const before = text.split("\n").slice(0, line);
  return before.reduce((sum, one) => sum + one.length + 1, 0) + character;
}

function textOf(contents: unknown): string {
  if (typeof contents === "string") return contents;
  return typeof contents === "object" && contents !== null && "value" in contents ? String(contents.value) : "";
}

function offerOf(item: CompletionItem, text: string, position: Position): Offer {
  const edit = item.textEdit;
  const range = edit && "range" in edit ? edit.range : { start: position, end: position };
  const written = plainText(edit?.newText ?? item.insertText ?? item.label);
  const indented = written.replaceAll("\n", `\n${/^ */.exec(text.split("\n")[position.line] ?? "")?.[0] ?? ""}`);
  return {
    label: item.label,
    documentation: textOf(item.documentation),
    text: text.slice(0, offsetAt(text, range.start)) + indented + text.slice(offsetAt(text, range.end)),
  };
}

/** A snippet as it stands before its holes are visited: `${1:NAME}` is NAME, `$2` is nothing. */
function plainText(snippet: string): string {
  return snippet
    .replace(/\$\{\d+:((?:\\.|[^\\}])*)\}/g, "$1")
    .replace(/(?<!\\)\$\d+|\$\{\d+\}/g, "")
    .replace(/\\([$}\\])/g, "$1");
}

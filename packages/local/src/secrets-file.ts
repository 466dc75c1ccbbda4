import { readFileSync } from "node:fs";
import { type Document, LineCounter, parseDocument } from "yaml";

/** Where the local mode finds what `${secret:…}` stands for; git ignores it. */
export const SECRETS_FILE = "sluice.secrets.yaml";

/** A secret's text, or the fields that `${secret:NAME#FIELD}` picks from. */
export type LocalSecret = string | Readonly<Record<string, string>>;

/** The file cannot be used; the message says why and how to mend it. Never contains a value of the file. */
export class SecretsFileError extends Error {
  constructor(path: string, line: number | undefined, why: string) {
    super(`${path}${line === undefined ? "" : `:${line}`}: ${why}`);
    this.name = "SecretsFileError";
  }
}

const SHAPE = "Write NAME: text, or NAME: with fields below it, each FIELD: text.";

/**
 * Reads the secrets of the local mode.
 *
 * @param path of the file
 * @returns by name; none when there is no such file
 * @throws SecretsFileError when it cannot be read or is no map of names
 */
export function loadSecretsFile(path: string): ReadonlyMap<string, LocalSecret> {
  const text = readText(path);
  return text === undefined ? new Map() : parseSecrets(text, path);
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    throw new SecretsFileError(path, undefined, `the secrets cannot be read: ${message}`);
  }
}

/**
 * @param path for messages
 * @throws SecretsFileError
 */
export function parseSecrets(text: string, path = SECRETS_FILE): ReadonlyMap<string, LocalSecret> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [broken] = document.errors;
  if (broken) throw new SecretsFileError(path, lines.linePos(broken.pos[0]).line, `this is no YAML (${broken.code}).`);
  const content = contentOf(document, path);
  if (content === null) return new Map();
  if (!isMap(content)) throw new SecretsFileError(path, 1, `the file is to be a map of secrets. ${SHAPE}`);
  const lineOf = (name: string): number | undefined => {
    const node = document.get(name, true);
    const offset = typeof node === "object" && node !== null && "range" in node ? firstOf(node.range) : undefined;
    return offset === undefined ? undefined : lines.linePos(offset).line;
  };
  return new Map(Object.entries(content).map(([name, value]) => [name, secretOf(name, value, path, lineOf(name))]));
}

function contentOf(document: Document, path: string): unknown {
  try {
    return document.toJS();
  } catch {
    throw new SecretsFileError(path, undefined, "it uses an alias (*name) that nothing before it defines (&name).");
  }
}

function secretOf(name: string, value: unknown, path: string, line: number | undefined): LocalSecret {
  if (typeof value === "string") return value;
  const why = (what: string) => new SecretsFileError(path, line, `${what} ${SHAPE}`);
  if (!isMap(value)) throw why(`the secret ${name} is ${nameOf(value)}, and a secret is text. Put it in quotes.`);
  const fields = Object.entries(value).map(([field, text]): [string, string] => {
    if (typeof text === "string") return [field, text];
    throw why(`the field ${field} of the secret ${name} is ${nameOf(text)}, and a field is text. Put it in quotes.`);
  });
  if (fields.length === 0) throw why(`the secret ${name} is empty.`);
  return Object.fromEntries(fields);
}

function nameOf(value: unknown): string {
  if (value === null || value === undefined) return "empty";
  if (typeof value === "number") return "a number";
  if (typeof value === "boolean") return "true or false";
  return Array.isArray(value) ? "a list" : "a map";
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const firstOf = (range: unknown): number | undefined =>
  Array.isArray(range) && typeof range[0] === "number" ? range[0] : undefined;

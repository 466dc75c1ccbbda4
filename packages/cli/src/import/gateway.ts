import { type Finding, type Json, lintGateways } from "@sluice/dsl";
import { securityOf } from "./auth";
import { type ApiDocument, asMap, asText, isMap, type JsonMap } from "./document";
import { type LimitHint, limitHints } from "./limits";
import type { Notes } from "./notes";
import { toOperation } from "./operation";
import type { FoundOperation } from "./operations";
import { ownServerOf, type Server, serverOf } from "./server";
import { cutBetweenWords, inShort, kebab, onOneLine } from "./words";
import { type GatewayDraft, writeGateway } from "./write";

/** What a gateway file is made from. */
export interface ImportParts {
  readonly document: ApiDocument;
  readonly operations: readonly FoundOperation[];
  /** The gateway's name; undefined: from the document's title. */
  readonly name: string | undefined;
  /** Where the file will be, for findings; undefined: a file of the gateway's name. */
  readonly file: string | undefined;
  /** The document's own file, for the comment on top. */
  readonly source: string;
  readonly schemaLine: string | undefined;
}

/** A gateway file made from a document. */
export interface ImportedGateway {
  readonly file: string;
  readonly text: string;
  /** How many operations it has. */
  readonly operations: number;
  /** What lint says of it beside the questions: nothing, where all went well. */
  readonly findings: readonly Finding[];
}

/** Rounds in which parts that lint refuses are taken out; what one takes out may uncover another. */
const MAX_ROUNDS = 6;

/** Makes the gateway file. What it cannot carry is in the notes. */
export function importGateway(parts: ImportParts, notes: Notes): ImportedGateway {
  const { document, schemaLine } = parts;
  const info = asMap(document.root.info);
  const name = parts.name ?? nameFrom(asText(info.title));
  const server = placeOf(parts, notes);
  const chosen = parts.operations.filter((found) => isThere(found, server, notes));
  const operations = chosen.flatMap((found): [string, Json][] => {
    const operation = toOperation(found, { document, notes });
    return operation ? [[found.name, operation]] : [];
  });
  const security = securityOf(
    document,
    chosen.map(({ operation }) => operation),
    name,
    notes,
  );
  const value: JsonMap = {
    version: 1,
    name,
    ...(asText(info.title) !== undefined && { description: inShort(String(info.title)) }),
    rateLimit: "?",
    endpoint: {
      adapter: "http",
      url: server.url ?? "?",
      ...(Object.keys(security.headers).length > 0 && { headers: { ...security.headers } }),
      ...(security.auth && { auth: security.auth }),
    },
    operations: Object.fromEntries(operations),
  };
  const comments = {
    top: topOf(parts, schemaLine),
    limit: limitComment(limitHints(document)),
    url: urlComment(server),
    auth: authComment(security.auth),
  };
  return settled({ value, comments }, parts.file ?? `${name}.yaml`, notes);
}

/** Where most of the chosen operations are: an operation or a path may name a server of its own. */
function placeOf({ document, operations }: ImportParts, notes: Notes): Server {
  const own = operations.map(({ item, operation }) => ownServerOf(item, operation));
  const counts = new Map<string, number>();
  for (const url of own) if (url !== undefined) counts.set(url, (counts.get(url) ?? 0) + 1);
  const [most] = [...counts].sort(([, one], [, other]) => other - one);
  const isCommon = most !== undefined && most[1] > own.filter((url) => url === undefined).length;
  return isCommon ? { url: most[0] } : serverOf(document, notes);
}

function isThere({ item, operation, name }: FoundOperation, server: Server, notes: Notes): boolean {
  const own = ownServerOf(item, operation);
  if (own === undefined || own === server.url) return true;
  notes.add("an operation was left out: it is at another server, which wants a gateway of its own", `${name} (${own})`);
  return false;
}

/** Lint has the last word: what it refuses in a part of the document is taken out and told. */
function settled(draft: GatewayDraft, file: string, notes: Notes): ImportedGateway {
  for (let round = 0; ; round += 1) {
    const text = writeGateway(draft);
    const { findings } = lintGateways([{ file, text }]);
    const open = findings.filter(({ name, severity }) => severity === "error" && name !== "unanswered-question");
    const operations = Object.keys(asMap(draft.value.operations)).length;
    const isDone = open.length === 0 || round === MAX_ROUNDS || operations === 0;
    if (isDone || !open.map((finding) => takeOut(draft.value, finding, notes)).some(Boolean))
      return { file, text, operations, findings: open };
  }
}

/** @returns whether something was taken out */
function takeOut(value: JsonMap, { path, what }: Finding, notes: Notes): boolean {
  const [top, name, part, ...inside] = path;
  const operation = top === "operations" ? asMap(asMap(value.operations)[String(name)]) : {};
  const place = `${String(name)} (${what ?? ""})`;
  if (part === "request" || part === "headers") {
    const isGone = removeAt(operation, [part, ...inside]);
    if (isGone)
      notes.add(
        `a part of ${part === "request" ? "a request's schema" : "headers"} that Sluice refuses was left out`,
        place,
      );
    return isGone;
  }
  if (part === undefined || !removeAt(value, ["operations", String(name)])) return false;
  notes.add("an operation was left out: Sluice refuses its path or its name", place);
  return true;
}

function removeAt(root: JsonMap, path: readonly (string | number)[]): boolean {
  const owner = path
    .slice(0, -1)
    .reduce<Json | undefined>((here, step) => (Array.isArray(here) ? here[Number(step)] : asMap(here)[step]), root);
  const last = path.at(-1);
  if (last === undefined) return false;
  if (Array.isArray(owner)) return owner.splice(Number(last), 1).length > 0;
  if (!isMap(owner) || !Object.hasOwn(owner, last)) return false;
  delete owner[last];
  return true;
}

/** A title as a name: `Swagger Petstore - OpenAPI 3.0` is swagger-petstore. */
function nameFrom(title: string | undefined): string {
  const words = kebab(
    (title ?? "").replace(/\b(open-?api|swagger)\s*v?\d[\d.]*/gi, "").replace(/\bv\d+(\.\d+)*\b/gi, ""),
  );
  const name = /^[a-z]/.test(words) ? words : `api-${words}`.replace(/-$/, "");
  return cutBetweenWords(name, 40);
}

function topOf({ document, source }: ImportParts, schemaLine: string | undefined): string {
  const info = asMap(document.root.info);
  const version = asText(info.version);
  const from = ` Made by \`sluice import openapi\` from ${onOneLine(source)} (${document.format}${version === undefined ? "" : `, version ${onOneLine(version)}`}).`;
  const docs = asText(asMap(document.root.externalDocs).url);
  return [
    ...(schemaLine === undefined ? [] : [schemaLine, ""]),
    from,
    ...(docs === undefined ? [] : [` ${onOneLine(docs)}`]),
    ' It says what the target can do. What only its operator knows is a question below: "?".',
  ].join("\n");
}

const LOOK = [
  " Calls in any window, as the target's documentation states it, like 600/5m. It is usually found under rate limits,",
  " quotas, throttling or fair use, or in the headers of an answer. Write the page and the date here.",
];

function limitComment(hints: readonly LimitHint[]): string {
  const quoted = hints.map(({ place, quote }) => `   ${onOneLine(place)}: "${onOneLine(quote)}"`);
  const found =
    quoted.length === 0
      ? [" The document says nothing of a limit."]
      : [" A hint, not the answer; the document says at", ...quoted];
  return [...LOOK, ...found].join("\n");
}

const authComment = (auth: JsonMap | undefined): string | undefined =>
  auth === undefined
    ? " The document names no key or token that calls could carry. If the target wants one: auth."
    : undefined;

const urlComment = (server: Server): string | undefined =>
  server.url === undefined ? ` ask: where is the target? The document names ${onOneLine(server.said)}.` : undefined;

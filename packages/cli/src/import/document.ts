import { resolve } from "node:path";
import type { Json } from "@sluice/dsl";
import { ToolFailure } from "../failures";

export type JsonMap = { [key: string]: Json };

/** An OpenAPI or Swagger document as it was read. */
export interface ApiDocument {
  /** `OpenAPI 3.0.1`, `Swagger 2.0`. */
  readonly format: string;
  readonly isSwagger2: boolean;
  readonly root: JsonMap;
  /** What a `$ref` stands for; undefined where it leads nowhere. */
  find(reference: string): Json | undefined;
}

/**
 * Reads a document's text, YAML or JSON.
 *
 * @param file where the text came from, for messages and for references to files beside it
 * @throws ToolFailure when it is no such document, or is in several files of which one cannot be read
 */
export async function readApiDocument(text: string, file: string, cwd: string): Promise<ApiDocument> {
  try {
    return await readParts(text, file, cwd);
  } catch (error) {
    if (error instanceof RangeError) throw notOne(file, TOO_DEEP);
    throw error;
  }
}

const TOO_DEEP = "it is nested too deeply to be read";

async function readParts(text: string, file: string, cwd: string): Promise<ApiDocument> {
  const parsed = await parseText(text, file);
  if (!isMap(parsed)) throw notOne(file, "it holds no map");
  const format = formatOf(parsed, file);
  const root = refersElsewhere(parsed) ? await bundled(parsed, file, cwd) : parsed;
  return { format, isSwagger2: format.startsWith("Swagger"), root, find: (reference) => lookUp(root, reference) };
}

export const isMap = (value: Json | undefined): value is JsonMap =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const asMap = (value: Json | undefined): JsonMap => (isMap(value) ? value : {});

export const asList = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);

export const asText = (value: Json | undefined): string | undefined =>
  typeof value === "string" && value.trim() !== "" ? value : undefined;

async function parseText(text: string, file: string): Promise<Json> {
  if (/^\s*\{/.test(text)) {
    try {
      return JSON.parse(text);
    } catch {
      // Flow YAML begins with a brace too.
    }
  }
  const { parseDocument } = await import("yaml");
  // Published documents repeat keys and use anchors; what they mean is what every other reader makes of them.
  const document = parseDocument(text, { uniqueKeys: false, strict: false, logLevel: "error" });
  const [error] = document.errors;
  // So the library tells that the stack did not suffice for what is in what.
  if (error?.code === "RESOURCE_EXHAUSTION") throw notOne(file, TOO_DEEP);
  if (error) throw notOne(file, `it is neither YAML nor JSON: ${error.message.split("\n")[0]}`);
  try {
    return JSON.parse(JSON.stringify(document.toJS({ maxAliasCount: MAX_ALIASES }) ?? null));
  } catch (error) {
    if (error instanceof ReferenceError) throw notOne(file, "its aliases stand for more than anybody could read");
    if (error instanceof TypeError) throw notOne(file, "an anchor in it holds itself");
    throw error;
  }
}

/** Published documents have hundreds; a few that stand for each other would fill the memory. */
const MAX_ALIASES = 100_000;

function formatOf(root: JsonMap, file: string): string {
  const { swagger, openapi } = root;
  if (String(swagger ?? "") === "2" || String(swagger ?? "").startsWith("2.")) return "Swagger 2.0";
  if (typeof openapi === "string" && /^3\.[0-9]+/.test(openapi)) return `OpenAPI ${openapi}`;
  if (swagger !== undefined || openapi !== undefined)
    throw notOne(file, `its version is ${String(swagger ?? openapi)}, and Swagger 2.0 and OpenAPI 3 are understood`);
  if (root.swaggerVersion !== undefined)
    throw notOne(file, `its version is ${String(root.swaggerVersion)}, and Swagger 2.0 and OpenAPI 3 are understood`);
  throw notOne(file, "neither openapi nor swagger stands at its top level");
}

const notOne = (file: string, why: string): ToolFailure =>
  new ToolFailure(
    `${file} is no OpenAPI document: ${why}. It begins with a line like openapi: 3.0.3 or swagger: "2.0".`,
  );

/** Whether a part is in another file. What is on the network stays where it is, and is told when it would be needed. */
function refersElsewhere(value: Json): boolean {
  if (Array.isArray(value)) return value.some(refersElsewhere);
  if (!isMap(value)) return false;
  const { $ref } = value;
  return (typeof $ref === "string" && !/^(#|https?:)/.test($ref)) || Object.values(value).some(refersElsewhere);
}

/** A document in several files as one. From the network nothing is read: what a gateway is made from lies here. */
async function bundled(root: JsonMap, file: string, cwd: string): Promise<JsonMap> {
  const { default: SwaggerParser } = await import("@apidevtools/swagger-parser");
  try {
    // The library takes the document as its own types have it; ours was just found to be one.
    const whole = await SwaggerParser.bundle(resolve(cwd, file), root as never, { resolve: { http: false } });
    return asMap(JSON.parse(JSON.stringify(whole)));
  } catch (error) {
    const why = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw new ToolFailure(
      `${file} is in several files, and one of them could not be read: ${why} Nothing is read from the network: put all of it into one folder, or bundle it into one file first.`,
    );
  }
}

function lookUp(root: JsonMap, reference: string): Json | undefined {
  if (reference === "#") return root;
  if (!reference.startsWith("#/")) return undefined;
  const steps = reference.slice(2).split("/").map(unescapePointer);
  return steps.reduce<Json | undefined>((here, step) => {
    const at = isMap(here) && isMap(asMap(here)) ? followed(root, here) : here;
    if (Array.isArray(at)) return at[Number(step)];
    return isMap(at) && Object.hasOwn(at, step) ? at[step] : undefined;
  }, root);
}

/** A pointer may lead through a reference: bundling makes such. */
function followed(root: JsonMap, here: JsonMap): Json | undefined {
  const { $ref } = here;
  return typeof $ref === "string" && Object.keys(here).length === 1 && $ref.startsWith("#/")
    ? lookUp(root, $ref)
    : here;
}

function unescapePointer(step: string): string {
  const decoded = /%[0-9A-Fa-f]{2}/.test(step) ? decodeOrKeep(step) : step;
  return decoded.replaceAll("~1", "/").replaceAll("~0", "~");
}

function decodeOrKeep(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // A percent sign that stands for itself.
  }
}

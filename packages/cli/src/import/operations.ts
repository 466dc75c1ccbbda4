import type { Json } from "@sluice/dsl";
import { type ApiDocument, asList, asMap, asText, isMap, type JsonMap } from "./document";
import { cutBetweenWords, kebab } from "./words";

/** An operation as the document has it, found and named. */
export interface FoundOperation {
  /** In the gateway file; unique. */
  readonly name: string;
  /** The document's own name for it. */
  readonly id: string | undefined;
  readonly method: string;
  readonly path: string;
  readonly tags: readonly string[];
  readonly item: JsonMap;
  readonly operation: JsonMap;
}

/** Those that the http adapter sends, and TRACE, which is told as left out. */
const METHODS = ["get", "head", "put", "delete", "post", "patch", "options", "trace"];
/** What the schema of the gateway file allows. */
const MAX_NAME_CHARS = 40;

/** Every operation, in the document's order. Names do not depend on which are chosen later. */
export function operationsIn(document: ApiDocument): FoundOperation[] {
  const taken = new Set<string>();
  return Object.entries(asMap(document.root.paths)).flatMap(([path, raw]) => {
    const item = pathItem(document, raw);
    return METHODS.filter((method) => isMap(item[method])).map((method) => {
      const operation = asMap(item[method]);
      const id = asText(operation.operationId);
      const name = unique(nameOf(id, method, path), taken);
      const tags = asList(operation.tags).map(String);
      return { name, id, method: method.toUpperCase(), path, tags, item, operation };
    });
  });
}

function pathItem(document: ApiDocument, raw: Json): JsonMap {
  const item = asMap(raw);
  return typeof item.$ref === "string" ? { ...asMap(document.find(item.$ref)), ...item } : item;
}

function nameOf(id: string | undefined, method: string, path: string): string {
  const wanted = kebab(id ?? "") || kebab(`${method} ${path}`) || method;
  const name = /^[a-z]/.test(wanted) ? wanted : `${method}-${wanted}`;
  return cutBetweenWords(name, MAX_NAME_CHARS);
}

function unique(name: string, taken: Set<string>): string {
  let candidate = name;
  for (let number = 2; taken.has(candidate); number += 1)
    candidate = `${cutBetweenWords(name, MAX_NAME_CHARS - 1 - String(number).length)}-${number}`;
  taken.add(candidate);
  return candidate;
}

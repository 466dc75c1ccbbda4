import type { Json } from "@sluice/dsl";
import { keyHeadersOf } from "./auth";
import { asText, isMap, type JsonMap } from "./document";
import { MAX_MAPS_PER_OPERATION, type SchemaReader } from "./json-schema";
import type { FoundOperation } from "./operations";
import { type Body, bodyOf, isRead, type Parameter, parametersOf } from "./parameters";
import { inShort } from "./words";

type Context = Pick<SchemaReader, "document" | "notes">;

/** The property of the request that gathers query parameters whose names no template can write. */
const ODD_NAMES = "query";
const BODY = "body";
const SENT_BY_ITSELF = ["accept", "content-type", "authorization", "host", "user-agent", "content-length"];

/**
 * One operation of the gateway file.
 *
 * @returns undefined where it cannot be carried over; the notes say why
 */
export function toOperation(found: FoundOperation, { document, notes }: Context): JsonMap | undefined {
  const reader: SchemaReader = { document, notes, where: found.name, budget: { maps: MAX_MAPS_PER_OPERATION } };
  if (found.method === "TRACE") return leftOut("its method is TRACE", found, reader);
  const parameters = parametersOf(found, reader);
  const body = bodyOf(found, parameters, reader);
  if (body.kind === "other" && body.isNeeded)
    return leftOut(`it sends ${body.mediaType}, and only JSON is sent`, found, reader);
  if (body.kind === "other") notes.add("a body that is not JSON and may be left out was left out", found.name);
  const request = new RequestShape();
  const path = pathTemplate(found, parameters, request, reader);
  const sent = addBody(body, found, request, reader);
  const described = asText(found.operation.summary) ?? asText(found.operation.description);
  if (found.operation.deprecated === true) notes.add("an operation is deprecated", found.name);
  return {
    ...(described !== undefined && { description: inShort(described) }),
    method: found.method,
    path: path + queryTemplate(path, found, parameters, request, reader),
    ...headersOf(parameters, reader),
    ...(sent !== undefined && { body: `{% $request.${sent} %}` }),
    ...request.asKey(),
  };
}

function leftOut(why: string, found: FoundOperation, { notes }: SchemaReader): undefined {
  notes.add(`an operation was left out: ${why}`, `${found.name} (${found.method} ${found.path})`);
  return undefined;
}

/** The request's schema, filled one property at a time. */
class RequestShape {
  private readonly properties = new Map<string, Json>();
  private readonly required = new Set<string>();

  has(name: string): boolean {
    return this.properties.has(name);
  }

  /** @returns the name that it got, which is another one where that was taken */
  add(name: string, schema: Json, isRequired: boolean): string {
    let free = name;
    for (let number = 2; this.properties.has(free); number += 1) free = `${name}${number}`;
    this.properties.set(free, schema);
    if (isRequired) this.required.add(free);
    return free;
  }

  /** `request: {…}`; a name that is not among the properties is a slip, and spends no call. */
  asKey(): JsonMap {
    if (this.properties.size === 0) return {};
    const required = [...this.required];
    const properties = Object.fromEntries(this.properties);
    return {
      request: { type: "object", ...(required.length > 0 && { required }), additionalProperties: false, properties },
    };
  }
}

/** The path with its variables as RFC 6570 has them; what it holds besides is percent-encoded where it must be. */
function pathTemplate(
  found: FoundOperation,
  parameters: readonly Parameter[],
  request: RequestShape,
  reader: SchemaReader,
): string {
  const [withoutFragment = "", fragment] = found.path.split("#", 2);
  if (fragment !== undefined)
    reader.notes.add(
      "a path had a part behind #, which no server gets; it was left out",
      `${found.name} (#${fragment})`,
    );
  const names = new Map<string, string>();
  const pieces = withoutFragment.split(/(\{[^{}]*\})/).map((piece) => {
    if (!/^\{[^{}]*\}$/.test(piece)) return encoded(piece);
    const written = piece.slice(1, -1);
    const name = written.replace(/^[+#./;?&]/, "").replace(/[=*:].*$/, "");
    const known = names.get(name) ?? addVariable(name, parameters, request);
    names.set(name, known);
    return `{${known}}`;
  });
  const path = pieces.join("");
  return path.startsWith("/") || path === "" ? path : `/${path}`;
}

function addVariable(name: string, parameters: readonly Parameter[], request: RequestShape): string {
  const parameter = parameters.find((one) => one.in === "path" && one.name === name);
  return request.add(variableName(name), parameter?.schema ?? { type: "string" }, true);
}

const isVariableName = (name: string): boolean => /^[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*$/.test(name);

const variableName = (name: string): string =>
  name.replace(/[^A-Za-z0-9_]+/g, "_").replace(/^_+(?=.)|_+$/g, "") || "value";

/** What a URL cannot hold, and braces that are not a variable's. */
const encoded = (text: string): string =>
  text.replace(/[\s"'<>\\^`|{}]|%(?![0-9A-Fa-f]{2})/g, (one) => (one === "'" ? "%27" : encodeURIComponent(one)));

/** `{?a,b*,query*}`: lists that are repeated get a star, and so does the map with the odd names. */
function queryTemplate(
  path: string,
  found: FoundOperation,
  parameters: readonly Parameter[],
  request: RequestShape,
  reader: SchemaReader,
): string {
  const variables: string[] = [];
  const odd: Parameter[] = [];
  for (const parameter of parameters) {
    if (parameter.in !== "query") continue;
    const place = `${found.name} (${parameter.name})`;
    if (isNested(parameter.schema) || (isCompound(parameter.schema) && parameter.lists === "other"))
      reader.notes.add("a query parameter was left out: its value is written in a way that a template cannot", place);
    // Under another name than its own the target would not know it.
    else if (isVariableName(parameter.name) && !request.has(parameter.name)) {
      const name = request.add(parameter.name, parameter.schema, parameter.isRequired);
      variables.push(isCompound(parameter.schema) && parameter.lists === "repeated" ? `${name}*` : name);
    } else if (isCompound(parameter.schema))
      reader.notes.add("a query parameter was left out: a list whose name no template can write", place);
    else odd.push(parameter);
  }
  if (odd.length > 0) variables.push(`${addOdd(odd, request)}*`);
  if (variables.length === 0) return "";
  return `{${path.includes("?") ? "&" : "?"}${variables.join(",")}}`;
}

/** Names like `filter[name]` or `per-page` are keys of a map, which the template writes one by one. */
function addOdd(odd: readonly Parameter[], request: RequestShape): string {
  const required = odd.filter(({ isRequired }) => isRequired).map(({ name }) => name);
  const schema = {
    type: "object",
    ...(required.length > 0 && { required }),
    additionalProperties: false,
    properties: Object.fromEntries(odd.map((parameter) => [parameter.name, parameter.schema])),
  };
  return request.add(ODD_NAMES, schema, required.length > 0);
}

const typesOf = (schema: Json): readonly Json[] => {
  if (!isMap(schema)) return [];
  const own = Array.isArray(schema.type) ? schema.type : schema.type === undefined ? [] : [schema.type];
  const branches = [schema.anyOf, schema.oneOf, schema.allOf].flatMap((list) => (Array.isArray(list) ? list : []));
  return [...own, ...branches.flatMap(typesOf)];
};

const isCompound = (schema: Json): boolean => typesOf(schema).some((type) => type === "array" || type === "object");

/** Lists and maps that hold such themselves. */
function isNested(schema: Json): boolean {
  if (!isMap(schema)) return false;
  const inner = [schema.items, ...Object.values(isMap(schema.properties) ? schema.properties : {})];
  return inner.some((one) => one !== undefined && isCompound(one));
}

function addBody(body: Body, found: FoundOperation, request: RequestShape, reader: SchemaReader): string | undefined {
  if (body.kind !== "json") return undefined;
  if (isRead(found.method) && !body.isRequired && found.method !== "DELETE") {
    reader.notes.add("a body of a request that only reads was left out", found.name);
    return undefined;
  }
  return request.add(BODY, body.schema, body.isRequired);
}

/** Headers and cookies: what has one value is written, an idempotency key is a key of its own, the rest is told. */
function headersOf(parameters: readonly Parameter[], reader: SchemaReader): JsonMap {
  const headers: JsonMap = {};
  const sentAnyway = [...SENT_BY_ITSELF, ...keyHeadersOf(reader.document)];
  let idempotency: string | undefined;
  for (const { name, in: place, schema, isRequired } of parameters) {
    const needs = `${reader.where} (${name}${isRequired ? ", required" : ""})`;
    if (place === "cookie") reader.notes.add("a cookie was left out", needs);
    if (place !== "header" || sentAnyway.includes(name.toLowerCase())) continue;
    const only = onlyValue(schema);
    if (/^(x-)?idempotency-key$/i.test(name)) idempotency = name;
    else if (only !== undefined) headers[name] = only;
    else reader.notes.add("a header was left out: only headers with one value can be written, to headers", needs);
  }
  return {
    ...(Object.keys(headers).length > 0 && { headers }),
    ...(idempotency !== undefined && { idempotency: { header: idempotency } }),
  };
}

function onlyValue(schema: Json): string | undefined {
  if (!isMap(schema)) return undefined;
  const [first, ...others] = Array.isArray(schema.enum)
    ? schema.enum
    : schema.const === undefined
      ? []
      : [schema.const];
  return first === undefined || first === null || typeof first === "object" || others.length > 0
    ? undefined
    : String(first);
}

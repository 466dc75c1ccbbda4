import type { Json } from "@sluice/dsl";
import { asList, asMap, asText, isMap, type JsonMap } from "./document";
import { type SchemaReader, toJsonSchema } from "./json-schema";
import type { FoundOperation } from "./operations";
import { inShort } from "./words";

/** A parameter, alike for all versions. */
export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly isRequired: boolean;
  /** Of its value, as the request carries it. */
  readonly schema: Json;
  /** How several values are written: `repeated` a=1&a=2, `commas` a=1,2; anything else the template cannot write. */
  readonly lists: "repeated" | "commas" | "other";
}

/** The path's parameters and the operation's, which take the place of those of the same name. */
export function parametersOf({ item, operation }: FoundOperation, reader: SchemaReader): Parameter[] {
  const declared = [...asList(item.parameters), ...asList(operation.parameters)].flatMap((parameter) => {
    const found = followed(parameter, reader);
    return isMap(found) && asText(found.name) !== undefined ? [found] : [];
  });
  const last = declared.filter(
    ({ name, in: place }, index) =>
      !declared.slice(index + 1).some((later) => later.name === name && later.in === place),
  );
  return last.map((parameter) => read(parameter, reader));
}

function followed(value: Json, { document, notes, where }: SchemaReader): Json {
  const { $ref } = asMap(value);
  if (typeof $ref !== "string") return value;
  const found = document.find($ref);
  if (found === undefined) notes.add("a reference leads nowhere; what it stands for is missing", `${where} (${$ref})`);
  return found ?? null;
}

function read(parameter: JsonMap, reader: SchemaReader): Parameter {
  const place = String(parameter.in);
  const separator = separatorOf(parameter);
  const schema = separator === undefined ? schemaOf(parameter, reader) : { type: "string" };
  const said = separator === undefined ? "" : ` Several values are joined by ${separator}.`;
  return {
    name: String(parameter.name),
    in: place,
    isRequired: parameter.required === true || place === "path",
    schema: place === "body" ? (parameter.schema ?? {}) : described(schema, parameter, said),
    lists: reader.document.isSwagger2 ? swaggerLists(parameter) : openApiLists(parameter),
  };
}

/** What a list's values are joined by where no template can do it: the caller writes the text whole. */
function separatorOf({ style, collectionFormat }: JsonMap): string | undefined {
  if (style === "pipeDelimited" || collectionFormat === "pipes") return "|";
  if (style === "spaceDelimited" || collectionFormat === "ssv") return "a space";
  return collectionFormat === "tsv" ? "a tab" : undefined;
}

/** Swagger 2.0 writes the schema's words into the parameter itself; `content` holds what goes as text. */
function schemaOf(parameter: JsonMap, reader: SchemaReader): Json {
  if (isMap(parameter.content)) return { type: "string", description: "Text of the type that the target asks for." };
  if (!reader.document.isSwagger2) return toJsonSchema(parameter.schema, reader);
  const { name: _name, in: _in, required: _required, description: _description, ...schema } = parameter;
  return toJsonSchema(schema, reader);
}

function described(schema: Json, parameter: JsonMap, said: string): Json {
  if (!isMap(schema)) return schema;
  const own = asText(parameter.description);
  const description = `${own === undefined ? "" : inShort(own)}${said}`.trim() || undefined;
  const example =
    said === "" ? (parameter.example ?? asMap(Object.values(asMap(parameter.examples))[0]).value) : undefined;
  return {
    ...(description !== undefined && { description }),
    ...(description === undefined ? schema : without(schema, "description")),
    ...(example !== undefined && schema.examples === undefined && { examples: [example] }),
  };
}

function without(schema: JsonMap, key: string): JsonMap {
  return Object.fromEntries(Object.entries(schema).filter(([one]) => one !== key));
}

function swaggerLists({ collectionFormat }: JsonMap): Parameter["lists"] {
  if (collectionFormat === undefined || collectionFormat === "csv") return "commas";
  return collectionFormat === "multi" ? "repeated" : "other";
}

function openApiLists({ style, explode, in: place }: JsonMap): Parameter["lists"] {
  const isForm = style === undefined || style === "form" || style === "simple";
  if (!isForm) return "other";
  return (explode ?? place === "query") === true ? "repeated" : "commas";
}

/** What an operation sends as its body: a schema of JSON, another type, or nothing. */
export type Body =
  | { readonly kind: "none" }
  | { readonly kind: "json"; readonly schema: Json; readonly isRequired: boolean }
  | { readonly kind: "other"; readonly mediaType: string; readonly isNeeded: boolean };

/** The operation's body, in the words of its version. */
export function bodyOf(found: FoundOperation, parameters: readonly Parameter[], reader: SchemaReader): Body {
  return reader.document.isSwagger2 ? swaggerBody(found, parameters, reader) : openApiBody(found, reader);
}

function swaggerBody({ operation }: FoundOperation, parameters: readonly Parameter[], reader: SchemaReader): Body {
  const consumes = asList(operation.consumes ?? reader.document.root.consumes).map(String);
  const fields = parameters.filter((parameter) => parameter.in === "formData");
  const form = consumes.find((type) => /form/.test(type)) ?? "application/x-www-form-urlencoded";
  if (fields.length > 0) return { kind: "other", mediaType: form, isNeeded: true };
  const body = parameters.find((parameter) => parameter.in === "body");
  if (!body) return { kind: "none" };
  const [first] = consumes;
  if (first !== undefined && !consumes.some(isJson)) return { kind: "other", mediaType: first, isNeeded: true };
  return { kind: "json", schema: toJsonSchema(body.schema, reader), isRequired: body.isRequired };
}

function openApiBody({ operation, method }: FoundOperation, reader: SchemaReader): Body {
  if (operation.requestBody === undefined) return { kind: "none" };
  const body = asMap(followed(operation.requestBody, reader));
  const content = Object.entries(asMap(body.content));
  const json = content.find(([mediaType]) => isJson(mediaType));
  if (json)
    return { kind: "json", schema: toJsonSchema(asMap(json[1]).schema, reader), isRequired: body.required === true };
  const [other] = content;
  if (!other) return { kind: "none" };
  // A form without fields is how some documents write "no body".
  const isEmpty = Object.keys(asMap(asMap(asMap(other[1]).schema).properties)).length === 0;
  const isNeeded = body.required === true || (!isEmpty && !isRead(method));
  return { kind: "other", mediaType: other[0], isNeeded };
}

const isJson = (mediaType: string): boolean => /^(application|text)\/([\w.+-]*\+)?json\b|^\*\/\*$/i.test(mediaType);

/** Methods with which a body means nothing to most targets. */
export const isRead = (method: string): boolean => ["GET", "HEAD", "DELETE", "OPTIONS"].includes(method);

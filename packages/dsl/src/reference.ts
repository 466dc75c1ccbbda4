import { isMap } from "./merge-patch";
import type { Json } from "./units";
import { yamlLine } from "./yaml-line";

/**
 * The reference of a kind of file, written from its JSON Schema alone: what the schema says, in the order of the
 * schema. One section for each map of the language, one row for each key.
 */

type Schema = { readonly [key: string]: Json };

/** A map of the language and where it stands: `tiers[]`, `operations.NAME`. */
interface Section {
  readonly path: string;
  readonly schema: Schema;
  readonly open: ReadonlySet<Json>;
}

/** What a reader needs to look up a schema's part. */
interface Reader {
  readonly root: Schema;
  /** Maps found in cells, each to get a section of its own. */
  readonly found: Section[];
  /** The insides of the schemas on the way, so that a part that holds itself is described once. */
  readonly open: ReadonlySet<Json>;
}

/**
 * The Markdown of docs/reference/gateway-file.md, or of another page beside it.
 *
 * @param schema a JSON Schema (draft 2020-12) whose every key has a description
 */
export function renderReference(schema: { [key: string]: Json }, head = HEAD): string {
  const sections: string[] = [];
  const waiting: Section[] = [{ path: "", schema, open: new Set() }];
  for (let section = waiting.shift(); section !== undefined; section = waiting.shift()) {
    const found: Section[] = [];
    sections.push(renderSection(section, { root: schema, found, open: section.open }));
    waiting.unshift(...found);
  }
  return `${[head, ...sections].join("\n\n")}\n`;
}

const headOf = (title: string, schema: string): string => `# ${title}

Every key, generated from what \`schemas/${schema}\` is made from. A name in capitals, like \`NAME\` in
\`operations.NAME\`, is one that you choose; \`[]\` stands for each item of a list. Keys in **bold** are required.`;

const HEAD = headOf("The gateway file", "gateway.schema.json");

/** The Markdown of docs/reference/load-file.md. */
export const renderLoadReference = (schema: { [key: string]: Json }): string =>
  renderReference(schema, headOf("The load file", "load.schema.json"));

function renderSection({ path, schema }: Section, reader: Reader): string {
  const title = path === "" ? "## The whole file" : `## \`${path}\``;
  const parts = [title, prose(schema), ownName(path, schema), propertyTable(path, schema, reader), extras(schema)];
  return [...parts, example(path, schema)].filter((part) => part !== "").join("\n\n");
}

/** What the name must be where the user chooses it. */
function ownName(path: string, schema: Schema): string {
  const names = asSchema(schema.propertyNames);
  if (!names?.description) return "";
  return `\`${path}.${holeOf(path)}\`: ${sentence(String(names.description))} ${sentence(capitalise(constraint(names)))}`.trim();
}

function propertyTable(path: string, schema: Schema, reader: Reader): string {
  const required = Array.isArray(schema.required) ? schema.required : [];
  const rows = Object.entries(asSchema(schema.properties) ?? {}).map(([key, property]) => {
    const resolved = resolve(asSchema(property) ?? {}, reader.root);
    const name = required.includes(key) ? `**\`${key}\`**` : `\`${key}\``;
    return row([
      name,
      typeCell(join(path, key), resolved, reader),
      defaultCell(resolved),
      prose(resolved),
      exampleCell(resolved),
    ]);
  });
  if (rows.length === 0) return valuesOf(path, schema, reader);
  return [row(["Key", "Value", "Default", "Meaning", "Example"]), row(Array(5).fill("---")), ...rows].join("\n");
}

/** A map whose keys the user chooses has no table: what each value is stands in its own section or sentence. */
function valuesOf(path: string, schema: Schema, reader: Reader): string {
  const values = asSchema(schema.additionalProperties);
  if (!values) return "";
  const value = resolve(values, reader.root);
  const what = typeCell(join(path, holeOf(path)), value, reader);
  return `Each value: ${what}. ${sentence(prose(value))}`.trim();
}

const extras = (schema: Schema): string =>
  typeof schema.minProperties === "number" ? `At least ${schema.minProperties} of them.` : "";

function example(path: string, schema: Schema): string {
  const [first] = Array.isArray(schema.examples) ? schema.examples : [];
  return first === undefined || path === "" ? "" : `Example: ${code(yamlLine(first))}`;
}

/** What a key's value must be, in words; maps in it get sections of their own and are linked. */
function typeCell(path: string, schema: Schema, reader: Reader): string {
  const inside = insideOf(schema);
  if (inside !== undefined && reader.open.has(inside)) return "the same again";
  const inner = inside === undefined ? reader : { ...reader, open: new Set([...reader.open, inside]) };
  const branches = [schema.anyOf, schema.oneOf].flatMap((list) => (Array.isArray(list) ? list : []));
  if (branches.length > 0) return branchesCell(path, branches, inner);
  if ("const" in schema) return code(yamlLine(schema.const ?? null));
  if (Array.isArray(schema.enum)) return schema.enum.map((word) => code(yamlLine(word))).join(", ");
  if (schema.type === "array") return listCell(path, schema, inner);
  if (schema.type === "object") return mapCell(path, schema, inner);
  return constraint(schema) || "any value";
}

/** What a schema is made of. It stays the same object where the schema around it is put together from references. */
const insideOf = ({ properties, anyOf, oneOf, items, additionalProperties: values }: Schema): Json | undefined =>
  [properties, anyOf, oneOf, items, values].find((part) => typeof part === "object" && part !== null);

function branchesCell(path: string, branches: readonly Json[], reader: Reader): string {
  const schemas = branches.map((branch) => resolve(asSchema(branch) ?? {}, reader.root));
  const untagged = schemas.filter((branch) => branch.type === "object" && tagOf(branch) === undefined);
  const cells = schemas.map((branch) => {
    const number = untagged.length > 1 ? untagged.indexOf(branch) + 1 : 0;
    const tag = tagOf(branch) ?? (number > 0 ? `form ${number}` : undefined);
    return typeCell(tag === undefined ? path : `${path} (${tag})`, branch, reader);
  });
  return [...new Set(cells)].join(", or ");
}

/** What tells one branch of a union from the others: its key with a fixed value. */
function tagOf(schema: Schema): string | undefined {
  const fixed = Object.entries(asSchema(schema.properties) ?? {}).find(([, one]) => asSchema(one)?.const !== undefined);
  return fixed && `${fixed[0]}: ${String(asSchema(fixed[1])?.const)}`;
}

function listCell(path: string, schema: Schema, reader: Reader): string {
  const items = asSchema(schema.items);
  const item = items ? typeCell(`${path}[]`, resolve(items, reader.root), reader) : "any value";
  const size = range(schema.minItems, schema.maxItems);
  return `list of ${size === "" ? "" : `${size}: `}${item}`;
}

function mapCell(path: string, schema: Schema, reader: Reader): string {
  const hasKeys = Object.keys(asSchema(schema.properties) ?? {}).length > 0;
  const values = asSchema(schema.additionalProperties);
  if (!hasKeys && (!values || (isAnything(values, reader.root) && !asSchema(schema.propertyNames)?.description)))
    return "map";
  if (!reader.found.some((section) => section.path === path)) reader.found.push({ path, schema, open: reader.open });
  return `map: [\`${path}\`](#${anchor(path)})`;
}

/** Whether a schema takes every JSON value, whose kinds need not be told one by one. */
function isAnything(schema: Schema, root: Schema): boolean {
  const resolved = resolve(schema, root);
  return ["type", "enum", "const", "anyOf", "oneOf", "$ref"].every((keyword) => !Object.hasOwn(resolved, keyword));
}

/** Type, pattern and range of a single value, in words. */
function constraint(schema: Schema): string {
  if (typeof schema.patternErrorMessage === "string") return schema.patternErrorMessage;
  const type = Array.isArray(schema.type) ? schema.type.join(" or ") : String(schema.type ?? "");
  const bounds = range(schema.minimum, schema.maximum);
  const length = range(schema.minLength, schema.maxLength);
  const pattern = typeof schema.pattern === "string" ? `matching ${code(schema.pattern)}` : "";
  return [
    WORDS[type] ?? type,
    bounds && `from ${bounds}`.replace("from at", "of at"),
    length && `of ${length} characters`,
    pattern,
  ]
    .filter((part) => part !== "")
    .join(" ");
}

const WORDS: Readonly<Record<string, string>> = {
  string: "text",
  integer: "whole number",
  boolean: "`true` or `false`",
  null: "nothing",
};

/** `1 to 10`, `at least 1`; nothing where there is no bound, nor where it is only that of safe integers. */
function range(min: Json | undefined, max: Json | undefined): string {
  const low = isBound(min) ? min : undefined;
  const high = isBound(max) ? max : undefined;
  if (low !== undefined && high !== undefined) return low === high ? `${low}` : `${low} to ${high}`;
  if (low !== undefined) return `at least ${low}`;
  return high === undefined ? "" : `at most ${high}`;
}

const isBound = (value: Json | undefined): value is number =>
  typeof value === "number" && Math.abs(value) < Number.MAX_SAFE_INTEGER;

/** A default that is an empty map says only that the key may be left out. */
function defaultCell(schema: Schema): string {
  const value = schema.default;
  const isEmptyMap = isMap(value) && Object.keys(value).length === 0;
  return value === undefined || isEmptyMap ? "" : code(yamlLine(value));
}

function exampleCell(schema: Schema): string {
  const examples = Array.isArray(schema.examples) ? schema.examples : [];
  return "const" in schema
    ? ""
    : examples
        .slice(0, 2)
        .map((one) => code(yamlLine(one)))
        .join("<br>");
}

/** The schema that a reference stands for, its own words kept. */
function resolve(schema: Schema, root: Schema, hops = 0): Schema {
  const target = typeof schema.$ref === "string" && hops < 20 ? lookUp(schema.$ref, root) : undefined;
  if (!target) return schema;
  const { $ref: _, ...own } = schema;
  return { ...resolve(target, root, hops + 1), ...own };
}

function lookUp(reference: string, root: Schema): Schema | undefined {
  const steps = reference.startsWith("#/") ? reference.slice(2).split("/") : [];
  const unescaped = steps.map((step) => step.replace(/~1/g, "/").replace(/~0/g, "~"));
  const found = unescaped.reduce<Json | undefined>((here, step) => (isMap(here) ? here[step] : undefined), { ...root });
  return steps.length > 0 ? asSchema(found) : undefined;
}

const asSchema = (value: Json | undefined): Schema | undefined => (isMap(value) ? value : undefined);

const prose = (schema: Schema): string => (typeof schema.description === "string" ? schema.description : "");

const join = (path: string, key: string): string => (path === "" ? key : `${path}.${key}`);

/** The place of a name that the user chooses. */
const holeOf = (path: string): string => (/environments$/.test(path) ? "ENVIRONMENT" : "NAME");

/** In a table a pipe ends the cell, and a backtick ends the code. */
const code = (text: string): string =>
  text.includes("`") ? `\`\` ${text.replaceAll("|", "\\|")} \`\`` : `\`${text.replaceAll("|", "\\|")}\``;

const row = (cells: readonly string[]): string => `| ${cells.map(oneLine).join(" | ")} |`;

/** Within code a pipe is escaped already. */
const oneLine = (cell: string): string => cell.replace(/\s*\n\s*/g, " ").replace(/(?<!\\)\|/g, "\\|");

/** As Markdown renderers make it of a heading: letters, digits, hyphens. */
const anchor = (path: string): string =>
  path
    .toLowerCase()
    .replace(/[^\w\- ]/g, "")
    .replace(/ /g, "-");

const capitalise = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const sentence = (text: string): string => (text === "" || /[.!?]$/.test(text) ? text : `${text}.`);

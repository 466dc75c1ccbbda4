import { stringify } from "yaml";
import { isMap } from "./merge-patch";
import type { Json } from "./units";
import { yamlLine } from "./yaml-line";

/**
 * A JSON Schema said so that editors show it well; it takes exactly what the schema takes that it is made from. Of a
 * union the YAML language server shows the complaints of whichever branch fits best, of a duration without a unit it
 * says `Expected "string"`, and a default that is a list of maps it writes as `[object Object]`. So a union becomes a
 * choice (if, then), each value gets the sentence that is shown when it is wrong, and lists and maps become snippets.
 */

type Schema = { readonly [key: string]: Json };

/**
 * The schema as editors are given it.
 *
 * @param schema a JSON Schema (draft 2020-12) whose every key has a description and an example
 */
export function forEditors(schema: { [key: string]: Json }): { [key: string]: Json } {
  return { ...schema, ...partsOf(schema, "the file") };
}

/**
 * One value: what is shown of it, and what it must be.
 *
 * @param subject what a message calls it: `timeouts`, `an item of status`
 */
function valueFor(schema: Schema, subject: string): Schema {
  return schema.$ref === undefined ? { ...shownOf(schema), ...checksOf(schema, subject) } : schema;
}

function checksOf(schema: Schema, subject: string, says = saysOf(schema)): Schema {
  if (isList(schema.oneOf)) return choiceByTag(schema, schema.oneOf.filter(isMap), subject);
  if (isList(schema.anyOf)) return choiceByKind(branchesOf(schema), subject);
  const checks = { ...without(schema, SHOWN), ...partsOf(schema, subject) };
  // The sentence would also be shown for a missing or an unknown key, so the kind of value stands apart.
  if (isMap(schema.properties))
    return { ...without(checks, ["type"]), title: subject, allOf: [mustBe("object", subject, says)] };
  const sentence = sentenceOf(subject, says);
  return {
    ...checks,
    ...(says !== "" && { errorMessage: sentence }),
    ...("pattern" in schema && { patternErrorMessage: sentence }),
  };
}

/** What is inside a map or a list, each part by the name that a message calls it. */
function partsOf({ properties, items, additionalProperties, propertyNames }: Schema, subject: string): Schema {
  const parts = {
    properties: isMap(properties) && mapValues(properties, (one, key) => (isMap(one) ? valueFor(one, key) : one)),
    // Offered for the list as well, a snippet of its items would lack the hyphen.
    items: isMap(items) && without(valueFor(items, `an item of ${subject}`), ["defaultSnippets"]),
    additionalProperties: isMap(additionalProperties) && valueFor(additionalProperties, `a value of ${subject}`),
    propertyNames: isMap(propertyNames) && valueFor(propertyNames, `a key of ${subject}`),
  };
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== false));
}

/** Maps told apart by a key: that key first, and then the keys of the one that is chosen and of no other. */
function choiceByTag(schema: Schema, branches: readonly Schema[], subject: string): Schema {
  const [tag = ""] =
    Object.entries(asMap(branches[0]?.properties)).find(([, one]) => isMap(one) && "const" in one) ?? [];
  const tags = branches.map(({ properties }) => asMap(asMap(properties)[tag]));
  const words = tags.map((one) => one.const ?? null);
  const choose: Schema = {
    description: schema.choice ?? schema.description ?? "",
    type: "string",
    enum: words,
    enumDescriptions: tags.map(({ description = "" }) => description),
    examples: words.slice(0, 1),
  };
  return {
    ...mustBe("object", subject, `a map whose ${tag} is ${oneOf(words)}`),
    allOf: [
      { title: subject, properties: { [tag]: valueFor(choose, tag) }, required: [tag] },
      ...branches.map((branch, index) => chosen(branch, tag, words[index] ?? null, subject)),
    ],
  };
}

function chosen(branch: Schema, tag: string, word: Json, subject: string): Schema {
  const { properties } = partsOf(branch, subject);
  return {
    if: { properties: { [tag]: { const: word } }, required: [tag] },
    // biome-ignore lint/suspicious/noThenProperty: the word of JSON Schema
    then: {
      ...without(branch, ["description", "examples", "type"]),
      title: `${subject}, ${tag} ${yamlLine(word)}`,
      properties: { ...asMap(properties), [tag]: true },
    },
  };
}

/** A list or a map, or else something simpler: what stands there decides which is meant. */
function choiceByKind(branches: readonly Schema[], subject: string): Schema {
  const kinds = ["array", "object"].filter((kind) => branches.some(({ type }) => type === kind));
  const structured = branches.find(({ type }) => type === kinds[0]);
  const simple = branches.find((branch) => branch !== structured);
  if (branches.length !== 2 || !structured || !simple) return { anyOf: [...branches] };
  const says = kinds.length === 2 ? `a list, or ${saysOf(simple)}` : `${saysOf(simple)}, or ${OR_ELSE[kinds[0] ?? ""]}`;
  return {
    ...(isList(simple.enum) && { examples: simple.enum }),
    type: [simple.type ?? null, structured.type ?? null],
    errorMessage: sentenceOf(subject, says),
    if: { type: structured.type ?? null },
    // biome-ignore lint/suspicious/noThenProperty: the word of JSON Schema
    then: checksOf(structured, subject),
    else: checksOf(simple, subject, says),
  };
}

const OR_ELSE: Readonly<Record<string, string>> = { array: "a list of them", object: "a map of keys and values" };

const mustBe = (type: string, subject: string, says: string): Schema => ({
  type,
  errorMessage: sentenceOf(subject, says),
});

const sentenceOf = (subject: string, says: string): string =>
  `${subject.replace(/^an? (?=.* of )/, (article) => article.replace("a", "A"))} must be ${says}.`;

/** Completes "… must be"; empty where any value will do. */
function saysOf(schema: Schema): string {
  if (typeof schema.patternErrorMessage === "string") return schema.patternErrorMessage;
  if ("const" in schema) return yamlLine(schema.const ?? null);
  if (isList(schema.enum)) return oneOf(schema.enum);
  if (schema.type === "integer") return `a whole number from ${schema.minimum} to ${schema.maximum}`;
  return SAYS[String(schema.type)] ?? "";
}

const SAYS: Readonly<Record<string, string>> = {
  boolean: "true or false",
  string: "text, in quotes where YAML reads something else",
  array: "a list",
  object: "a map of keys and values",
};

const oneOf = (words: readonly Json[]): string =>
  `${words.length === 1 ? "" : "one of "}${words.map(yamlLine).join(", ")}`;

/** What of a schema is there to be shown, and decides nothing. */
const SHOWN = ["description", "examples", "default", "choice"];

/** What an editor shows of a value, and what it offers to write. Single values stay where its completion finds them. */
function shownOf(schema: Schema): Schema {
  const { description = "", default: byDefault } = schema;
  const examples = isList(schema.examples) ? schema.examples : [];
  const whole = examples.filter((example) => !isSingle(example));
  const single = examples.filter(isSingle);
  // A list's snippet would be offered for its items too, and that of one way of writing a map among another's keys.
  const canOffer = !isList(schema.oneOf) && ![schema, ...branchesOf(schema)].some(({ type }) => type === "array");
  const offered = canOffer ? whole : [];
  const isEmptyMap = isMap(byDefault) && Object.keys(byDefault).length === 0;
  const more = [
    ...(byDefault === undefined || isEmptyMap ? [] : [`Default: \`${yamlLine(byDefault)}\``]),
    ...whole.map((example) => `Example:\n\n\`\`\`yaml\n${stringify(example)}\`\`\``),
  ];
  return {
    description,
    ...((more.length > 0 || String(description).includes("`")) && {
      markdownDescription: [description, ...more].join("\n\n"),
    }),
    ...(single.length > 0 && { examples: single }),
    ...(byDefault !== undefined && isSingle(byDefault) && { default: byDefault }),
    ...(offered.length > 0 && { defaultSnippets: offered.map(snippetOf) }),
  };
}

const isSingle = (value: Json): boolean => typeof value !== "object" || value === null;

/** A list is written on one line; a map, as people write it, on one line for each key. */
const snippetOf = (example: Json): Schema => ({
  label: yamlLine(example),
  ...(isMap(example) ? { body: snippetBody(example) } : { bodyText: escaped(yamlLine(example)) }),
});

/** Its texts are put into the file as they are, so they are YAML already. */
const snippetBody = (value: Json): Json =>
  isMap(value) && Object.keys(value).length > 0
    ? Object.fromEntries(Object.entries(value).map(([key, one]) => [escaped(yamlLine(key)), snippetBody(one)]))
    : isSingle(value) && typeof value !== "string"
      ? value
      : escaped(yamlLine(value));

/** In a snippet `$` and `}` mean something, unless a backslash stands before them. */
const escaped = (text: string): string => text.replace(/[\\$}]/g, "\\$&");

const branchesOf = ({ anyOf }: Schema): Schema[] => (isList(anyOf) ? anyOf.filter(isMap) : []);

const isList = (value: Json | undefined): value is Json[] => Array.isArray(value);

const asMap = (value: Json | undefined): Schema => (isMap(value) ? value : {});

const mapValues = (map: Schema, change: (value: Json, key: string) => Json): Schema =>
  Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value, key)]));

const without = (schema: Schema, keys: readonly string[]): Schema =>
  Object.fromEntries(Object.entries(schema).filter(([key]) => !keys.includes(key)));

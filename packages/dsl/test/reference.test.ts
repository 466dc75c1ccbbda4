import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gatewayJsonSchema, type Json, loadJsonSchema, renderLoadReference, renderReference } from "@sluice/dsl";
import { parse } from "yaml";

const REFERENCE = join(__dirname, "..", "..", "..", "docs", "reference");
const COMMITTED = join(REFERENCE, "gateway-file.md");
const page = renderReference(gatewayJsonSchema());

test("the committed reference is the one that the schema writes", () => {
  expect(readFileSync(COMMITTED, "utf8")).toBe(page);
  expect(readFileSync(join(REFERENCE, "load-file.md"), "utf8")).toBe(renderLoadReference(loadJsonSchema()));
});

test("every key of the schema has a row, with its description", () => {
  const missing = keysOf(gatewayJsonSchema()).filter(
    ({ key, description }) =>
      !page.split("\n").some((line) => line.includes(`\`${key}\``) && line.includes(escaped(description))),
  );
  expect(missing).toEqual([]);
});

test("every link leads to a section, and no section comes twice", () => {
  const titles = [...page.matchAll(/^## `(.*)`$/gm)].map(([, title = ""]) => title);
  expect(new Set(titles).size).toBe(titles.length);
  const anchors = titles.map((title) =>
    title
      .toLowerCase()
      .replace(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  );
  for (const [, link] of page.matchAll(/\]\(#(.*?)\)/g)) expect(anchors).toContain(link);
});

test("examples are YAML as it is written in a file, and mean what the schema's examples mean", () => {
  const example = (value: Json) => {
    const text = renderReference({ properties: { key: { description: "A key.", examples: [value] } } });
    return /\| A key\. \| `(.*)` \|$/m.exec(text)?.[1]?.replaceAll("\\|", "|") ?? "";
  };
  const values: Json[] = [
    "5/s",
    "600/5m",
    "5%",
    "true",
    "12",
    "2026-11-24",
    "0x1f",
    "a: b",
    "- x",
    "@acme",
    "#x",
    "One word, two",
    "a|b",
    "x y",
    "",
    ["a", 1, null, true],
    { "a b": { c: ["{% $x %}"] } },
    "Mon-Fri 06:00-22:00 Europe/London",
  ];
  for (const value of values) expect({ value, read: parse(example(value)) }).toEqual({ value, read: value });
});

test("ranges, lengths, fixed words and required keys are told in words", () => {
  const text = renderReference({
    required: ["a"],
    properties: {
      a: { type: "integer", minimum: 1, maximum: 9 },
      b: { type: "number", minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
      c: { type: "string", minLength: 2, maxLength: 2 },
      d: { enum: ["x", "y"], default: "x" },
      e: { type: ["string", "null"] },
      f: { type: "array", minItems: 1, items: { type: "boolean" } },
    },
  });
  expect(text).toContain("| **`a`** | whole number from 1 to 9 |");
  expect(text).toContain("| `b` | number of at least 0 |");
  expect(text).toContain("| `c` | text of 2 characters |");
  expect(text).toContain("| `d` | `x`, `y` | `x` |");
  expect(text).toContain("| `e` | string or null |");
  expect(text).toContain("| `f` | list of at least 1: `true` or `false` |");
});

test("a part that other places refer to is told at each of them, and one that holds itself only once", () => {
  const text = renderReference({
    $defs: {
      time: { type: "string", description: "A time.", patternErrorMessage: "a duration" },
      node: { type: "object", description: "A node.", properties: { next: { $ref: "#/$defs/node" } } },
    },
    properties: { wait: { $ref: "#/$defs/time", description: "How long." }, tree: { $ref: "#/$defs/node" } },
  });
  expect(text).toContain("| `wait` | a duration |  | How long. |");
  expect(text.match(/^## `tree.*`$/gm)).toEqual(["## `tree`"]);
});

test("of several kinds of map each has a section of its own", () => {
  const kind = (key: string) => ({ type: "object", properties: { [key]: { type: "string", description: key } } });
  const text = renderReference({ properties: { a: { anyOf: [kind("x"), kind("y"), { type: "string" }] } } });
  expect(text.match(/^## `.*`$/gm)).toEqual(["## `a (form 1)`", "## `a (form 2)`"]);
});

function keysOf(schema: Json | undefined): { key: string; description: string }[] {
  if (typeof schema !== "object" || schema === null) return [];
  if (Array.isArray(schema)) return schema.flatMap(keysOf);
  const own = Object.entries((schema.properties ?? {}) as { [key: string]: { description?: string } }).flatMap(
    ([key, { description = "" }]) => [{ key, description }],
  );
  const parts = Object.entries(schema).filter(([word]) => !["examples", "default", "$defs", "required"].includes(word));
  return [
    ...own,
    ...parts.flatMap(([word, part]) => keysOf(word === "properties" ? Object.values(asMap(part)) : part)),
  ];
}

const asMap = (value: Json): { [key: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};

const escaped = (text: string): string => text.replaceAll("|", "\\|");

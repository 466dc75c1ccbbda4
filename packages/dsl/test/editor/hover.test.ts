import { gatewayJsonSchema, type Json, projectJsonSchema } from "@sluice/dsl";
import { isScalar, isMap as isYamlMap, parseDocument, stringify } from "yaml";
import { isMap } from "../../src/merge-patch";
import { yamlLine } from "../../src/yaml-line";
import { wholeFile } from "../source";
import { keysOf, type PlacedKey } from "./keys-of";
import { type LanguageServer, startLanguageServer } from "./language-server";

let editor: LanguageServer;
beforeAll(async () => {
  editor = await startLanguageServer();
});
afterAll(() => editor.close());

test.each([
  { kind: "gateway" as const, schema: gatewayJsonSchema(), atLeast: 150 },
  { kind: "project" as const, schema: projectJsonSchema(), atLeast: 8 },
])(
  "the pointer on any key of a $kind file shows what it means, its default and its examples",
  async ({ kind, schema, atLeast }) => {
    const keys = keysOf(schema);
    expect(keys.length).toBeGreaterThan(atLeast);
    const faults: string[] = [];
    for (const key of keys) {
      const shown = await editor.hover(withCursor(key), kind);
      for (const part of partsOf(key.schema))
        if (!plain(shown).includes(plain(part))) faults.push(`${key.path.join(".")} lacks: ${part}`);
      if (/undefined|\[object/.test(shown)) faults.push(`${key.path.join(".")} shows: ${shown}`);
    }
    expect(faults).toEqual([]);
  },
  60_000,
);

test("a key with a default says it", async () => {
  const shown = await editor.hover(
    wholeFile("tiers: [{ name: HIGH, timeout: 2m }, { name: BATCH, timeout: 1h, sh|are: 7% }]"),
  );
  expect(shown).toContain("Share of the calls that this tier gets");
  expect(shown).toContain("Default: `5%`");
});

test("the pointer on a choice tells what each word means", async () => {
  const shown = await editor.hover(wholeFile("worker: { disp|atch: doorbell }"));
  expect(shown).toContain("* `doorbell`: One worker at a time");
  expect(shown).toContain("* `deferral`: Each tier invokes workers");
});

test("the pointer on the adapter tells the adapters apart", async () => {
  const shown = await editor.hover(wholeFile("endpoint: { adap|ter: http, url: https://api.example.org }"));
  expect(shown).toContain("How the target is spoken to");
  expect(shown).toContain("* `soap`: SOAP, described by a WSDL.");
});

test("what a key means is shown while its value is still wrong", async () => {
  expect(await editor.hover(wholeFile("rateL|imit: 600"))).toContain("calls in any window of time");
  expect(await editor.hover(wholeFile("outcomes: { reje|cted: 404 }"))).toContain("Will never succeed");
});

/** The key's file as text, the cursor within the key. */
function withCursor({ path, file }: PlacedKey): string {
  const text = stringify(file, { aliasDuplicateObjects: false, lineWidth: 0 });
  if (text.includes("|")) throw new Error(`a | in an example of ${path.join(".")}`);
  const map = parseDocument(text).getIn(path.slice(0, -1), true);
  const pair = isYamlMap(map) ? map.items.find(({ key }) => isScalar(key) && key.value === path.at(-1)) : undefined;
  const [start] = (isScalar(pair?.key) && pair.key.range) || [];
  if (start === undefined) throw new Error(`${path.join(".")} is not in ${text}`);
  return `${text.slice(0, start + 1)}|${text.slice(start + 1)}`;
}

function partsOf({ description, examples, default: byDefault }: PlacedKey["schema"]): string[] {
  const isEmptyMap = isMap(byDefault) && Object.keys(byDefault).length === 0;
  return [
    String(description),
    ...(Array.isArray(examples) ? examples : []).map((example: Json) => stringify(example)),
    ...(byDefault === undefined || isEmptyMap ? [] : [`Default: \`${yamlLine(byDefault)}\``]),
  ];
}

/** Markdown's escapes and the breaking of lines aside. */
const plain = (text: string): string => text.replaceAll("&nbsp;", " ").replaceAll("\\", "").replace(/\s+/g, " ").trim();

import { type Json, mergePatch, parseUriTemplate, secretReferences } from "@sluice/dsl";
import { didYouMean } from "../src/did-you-mean";

test.each<[Json, Json, Json]>([
  // The cases of RFC 7396, appendix A.
  [{ a: "b" }, { a: "c" }, { a: "c" }],
  [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
  [{ a: "b" }, { a: null }, {}],
  [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
  [{ a: ["b"] }, { a: "c" }, { a: "c" }],
  [{ a: "c" }, { a: ["b"] }, { a: ["b"] }],
  [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
  [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
  [
    ["a", "b"],
    ["c", "d"],
    ["c", "d"],
  ],
  [{ a: "b" }, ["c"], ["c"]],
  [{ a: "foo" }, null, null],
  [{ a: "foo" }, "bar", "bar"],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [[1, 2], { a: "b", c: null }, { a: "b" }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
])("%j patched with %j is %j", (target, patch, merged) => {
  expect(mergePatch(target, patch)).toEqual(merged);
});

test("a patch leaves its target as it was", () => {
  const target = { a: { b: 1 } };
  mergePatch(target, { a: { b: 2 } });
  expect(target).toEqual({ a: { b: 1 } });
});

test.each([
  ["ratelimit", "rateLimit"],
  ["timout", "timeout"],
  ["nmae", "name"],
  ["GTE", "GET"],
])("%s was meant to be %s", (word, meant) => {
  expect(didYouMean(word, ["name", "rateLimit", "timeout", "tiers", "GET", "PUT"])).toBe(meant);
});

test("a word that resembles none of the candidates is not guessed", () => {
  expect(didYouMean("quota", ["name", "rateLimit"])).toBeUndefined();
  expect(didYouMean("x", [])).toBeUndefined();
});

test("a template's variables come with their places, operators and modifiers left off", () => {
  const template = "/a/{b}{?c:3,d*}";
  const { variables, problems } = parseUriTemplate(template);
  expect(problems).toEqual([]);
  expect(variables.map(({ name, start, end }) => [name, template.slice(start, end)])).toEqual([
    ["b", "b"],
    ["c", "c"],
    ["d", "d"],
  ]);
});

test("references to secrets come with name, field and place", () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: references to secrets look like templates
  expect(secretReferences("Token ${secret:a/b#c} ${secret:d}")).toEqual([
    { name: "a/b", field: "c", start: 6, end: 21 },
    { name: "d", field: undefined, start: 22, end: 33 },
  ]);
});

import { createEvaluate } from "../src/expressions";

const evaluate = createEvaluate();

test("an expression sees what it is bound to", async () => {
  const bindings = {
    status: 200,
    headers: { "x-a": "1" },
    body: { items: [{ n: 1 }, { n: 2 }] },
    request: { id: "7" },
  };
  const expression = "{ 'sum': $sum($body.items.n), 'a': $headers.'x-a', 'ok': $status = 200, 'id': $request.id }";
  expect(await evaluate(expression, bindings)).toEqual({ sum: 3, a: "1", ok: true, id: "7" });
});

test("what finds nothing is undefined, and a list is a plain list", async () => {
  expect(await evaluate("$body.none", { body: {} })).toBeUndefined();
  const list = await evaluate("$body.n", { body: [{ n: 1 }, { n: 2 }] });
  expect(list).toStrictEqual([1, 2]);
  expect(Object.keys(list as object)).toEqual(["0", "1"]);
});

test("many evaluations of one expression at once do not meet", async () => {
  const results = await Promise.all([1, 2, 3].map((n) => evaluate("($x := $body.n; $x * 10)", { body: { n } })));
  expect(results).toEqual([10, 20, 30]);
});

test("a failure tells what JSONata says", async () => {
  await expect(evaluate("$number($body)", { body: "x" })).rejects.toThrow(/^Unable to cast value to a number: "x"/);
  await expect(evaluate("$body.", { body: {} })).rejects.toThrow("Unexpected end of expression (at character 6)");
});

test.each(["function($x) { $x }", "$sum", "{ 'f': $uppercase }"])(
  "a result with a function in it fails: %s",
  async (f) => {
    await expect(evaluate(f, {})).rejects.toThrow("it gives a function, which is no JSON");
  },
);

import { expectFinding, expectNothing, lint, wholeFile } from "../source";

const quota = (reserve: string) => `quota: { calls: 5000/d, resets: 00:00 Europe/London, reserve: ${reserve} }`;

test("a reserve for a tier that does not exist is found at its name, with the one that was meant", () => {
  expectFinding("unknown-tier", quota("{ HIGH: 500, ~~~NORAML~~~: 100 }"), {
    hint: "Write NORMAL. The tiers: HIGH, NORMAL, BATCH.",
  });
});

test("an alarm for a tier that does not exist is found at its name", () => {
  expectFinding("unknown-tier", "alarms: { age: { ~~~URGENT~~~: 1m } }", { hint: "Write one of them." });
});

test("tiers are told apart by small and capital letters", () => {
  expectFinding("unknown-tier", "alarms: { age: { ~~~high~~~: 1m } }", { hint: "Write HIGH." });
});

test("it is found also where the rest of the quota is wrong", () => {
  expectFinding("unknown-tier", "quota: { calls: 5000, resets: midnight, reserve: { ~~~HGIH~~~: 500 } }");
});

test("tiers that exist are good, whatever they are called", () => {
  const file = `tiers: [{ name: constructor, timeout: 1m }]\n${quota("{ constructor: 5 }")}`;
  expectNothing("unknown-tier", `${file}\nalarms: { age: { constructor: 30s } }`);
});

test("a name that no tier can bear is left to the schema", () => {
  const text = wholeFile("alarms: { age: { 'HI GH': 1m } }");
  expect(lint(text).map(({ name }) => name)).toEqual(["not-yet", "wrong-type"]);
});

test("an environment that takes other tiers is told at its name", () => {
  const file =
    "alarms: { age: { HIGH: 1m } }\nenvironments: { ~~~staging~~~: { tiers: [{ name: ONE, timeout: 1h }] } }";
  expectFinding("unknown-tier", file, { message: "In environment staging, there is no tier HIGH" });
});

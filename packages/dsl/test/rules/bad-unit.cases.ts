import { expectFinding, expectNothing } from "../source";

test("a unit in words is found, and written as it should be", () => {
  expectFinding("bad-unit", "jitter: ~~~50 millis~~~", { hint: "Write 50ms." });
});

test("a fraction is found, and written in the smaller unit", () => {
  expectFinding("bad-unit", "timeouts: { response: ~~~1.5s~~~ }", { hint: "Write 1500ms." });
});

test("a rate in words is found, and written as it should be", () => {
  expectFinding("bad-unit", "rateLimit: ~~~600 per 5 minutes~~~", { hint: "Write 600/5m." });
  expectFinding("bad-unit", "rateLimit: ~~~5 / sec~~~", { hint: "Write 5/s." });
});

test("a unit that is none is found with an example", () => {
  expectFinding("bad-unit", "jitter: ~~~5w~~~", { hint: "Write it like 50ms." });
});

test("zero is no duration", () => {
  expectFinding("bad-unit", "jitter: ~~~0ms~~~", { message: "above zero" });
});

test("a share of the whole is no share", () => {
  const tiers = "tiers: [{ name: A, timeout: 1m }, { name: B, timeout: 1m, share: ~~~100%~~~ }]";
  expectFinding("bad-unit", tiers, { message: "from 0% to 99%" });
});

test("every unit of the language is good", () => {
  expectNothing(
    "bad-unit",
    "jitter: 20ms\ntimeouts: { connect: 1m, response: 10s }\ntiers: [{ name: A, timeout: 2h }, { name: B, timeout: 1d }]",
  );
});

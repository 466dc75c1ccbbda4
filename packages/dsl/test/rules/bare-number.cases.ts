import { expectFinding, expectNothing } from "../source";

test("a duration without a unit is found, both readings spelled out", () => {
  expectFinding("bare-number", "jitter: ~~~50~~~", {
    message: "50 could be 50 ms or 50 s",
    hint: "Write 50ms or 50s.",
  });
});

test("a number in quotes has no unit either", () => {
  expectFinding("bare-number", 'timeouts: { response: ~~~"10"~~~ }');
});

test("a rate without a window is found", () => {
  expectFinding("bare-number", "rateLimit: ~~~600~~~", {
    message: "600 calls a second or 600 a minute",
    hint: "600/s or 600/m",
  });
});

test("a share without its percent sign is found, a fraction turned into percent", () => {
  expectFinding("bare-number", "tiers: [{ name: A, timeout: 1m }, { name: B, timeout: 1m, share: ~~~0.05~~~ }]", {
    hint: "Write 5%.",
  });
});

test("a bare number in an environment is found in its patch", () => {
  expectFinding("bare-number", "environments: { staging: { rateLimit: ~~~1~~~ } }");
});

test("counts have no unit", () => {
  expectNothing("bare-number", "concurrency: 4\nretries: { throttled: { attempts: 3 } }");
});

import { expectFinding, expectNothing } from "../source";

test("a limit whose interval a longer response timeout would hold is told which", () => {
  // 1 call in 5 min and 1 % of jitter: 303 s; a turn of 20 × 10 s is 200 s; 16 s × 20 = 320 s.
  expectFinding("interval-longer-than-turn", "rateLimit: ~~~1/5m~~~", {
    message: "5 min 3 s",
    hint: "timeouts.response to at least 16s",
  });
});

test("a limit that Lambda's 15 minutes cannot hold is told so", () => {
  expectFinding("interval-longer-than-turn", "rateLimit: ~~~1/h~~~", { message: "15 minutes", hint: "quota" });
});

test("an interval within a turn is good", () => {
  expectNothing("interval-longer-than-turn", "rateLimit: 1/3m");
  expectNothing("interval-longer-than-turn", "rateLimit: 1/5m\ntimeouts: { response: 16s }");
});

import { expectFinding, expectNothing } from "../source";

test("a limit whose interval a longer response timeout would hold is told which", () => {
  // 1 call in 10 min and 1 % of jitter: 606 s; a turn of 40 × 10 s is 400 s; 16 s × 40 = 640 s.
  expectFinding("interval-longer-than-turn", "rateLimit: ~~~1/10m~~~", {
    message: "10 min 6 s",
    hint: "timeouts.response to at least 16s",
  });
});

test("a limit that Lambda's 15 minutes cannot hold is told so", () => {
  expectFinding("interval-longer-than-turn", "rateLimit: ~~~1/h~~~", { message: "15 minutes", hint: "quota" });
});

test("an interval within a turn is good", () => {
  expectNothing("interval-longer-than-turn", "rateLimit: 1/6m");
  expectNothing("interval-longer-than-turn", "rateLimit: 1/10m\ntimeouts: { response: 16s }");
});

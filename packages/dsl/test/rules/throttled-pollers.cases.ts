import { expectFinding, expectNothing } from "../source";

const deferral = (keys: string, rest = "rateLimit: 30/s") => `${rest}\nworker: { dispatch: deferral, ${keys} }`;

test("fewer than two slots a tier are found, with how many AWS wants", () => {
  const finding = expectFinding("throttled-pollers", deferral("slots: ~~~5~~~"), {
    message: "5 slots for 3 tiers. AWS takes no MaximumConcurrency below 2",
    hint: "Write at least 6 slots",
  });
  expect(finding.severity).toBe("warning");
});

test("where limit or concurrency has too few calls for that, no number of slots is proposed", () => {
  expectFinding("throttled-pollers", deferral("slots: ~~~4~~~", "rateLimit: 5/s"), {
    hint: "5/s leaves nothing for 6 slots",
  });
  expectFinding("throttled-pollers", deferral("slots: ~~~2~~~", "rateLimit: 30/s\nconcurrency: 2"), {
    hint: "concurrency 2 leaves nothing for 6 slots",
  });
});

test("slots that follow from a small limit are found where the dispatch is chosen", () => {
  expectFinding("throttled-pollers", "rateLimit: 5/s\nworker: { dispatch: ~~~deferral~~~ }", {
    message: "5 slots for 3 tiers",
  });
});

test("two slots a tier are good, and so is doorbell", () => {
  expectNothing("throttled-pollers", deferral("slots: 6"));
  expectNothing("throttled-pollers", "rateLimit: 30/s\nworker: { dispatch: deferral }");
  expectNothing("throttled-pollers", `${deferral("slots: 2")}\ntiers: [{ name: ONE, timeout: 1m }]`);
  expectNothing("throttled-pollers", "worker: { dispatch: doorbell, slots: 1 }");
});

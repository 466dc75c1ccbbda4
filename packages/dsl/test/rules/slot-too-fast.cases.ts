import { expectFinding, expectNothing } from "../source";

const deferral = (keys: string, rate: string) => `rateLimit: ${rate}\nworker: { dispatch: deferral${keys} }`;

test("more calls for a slot than Lambda starts in a second are found, with how many slots it takes", () => {
  const finding = expectFinding("slot-too-fast", deferral(", slots: ~~~6~~~", "100/s"), {
    message: "100/s over 6 slots is 16.7 calls a second for each",
    hint: "Write at least 10 slots",
  });
  expect(finding.severity).toBe("error");
});

test("ten a second are good, and so are slots that follow from the rate", () => {
  expectNothing("slot-too-fast", deferral(", slots: 10", "100/s"));
  expectNothing("slot-too-fast", deferral("", "400/s"));
  expectNothing("slot-too-fast", "rateLimit: 100/s");
});

test("concurrency that leaves too few slots for the rate is found where the dispatch is chosen", () => {
  expectFinding("slot-too-fast", "rateLimit: 100/s\nconcurrency: 4\nworker: { dispatch: ~~~deferral~~~ }", {
    message: "25 calls a second",
  });
});

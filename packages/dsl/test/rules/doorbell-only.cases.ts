import { expectFinding, expectNothing } from "../source";

const WORKER = "worker: { dispatch: deferral }";
const tiers = (key: string) => `tiers: [{ name: HIGH, timeout: 1h }, { name: LOW, timeout: 1d, ${key} }]`;

test("a share is refused in deferral, with what decides there instead", () => {
  const finding = expectFinding("doorbell-only", `${tiers("~~~share~~~: 10%")}\n${WORKER}`, {
    message: "steps back for those above it until it was received maxReceives times",
    hint: "use dispatch: doorbell",
  });
  expect(finding.severity).toBe("error");
});

test("a burst and fairness are refused too", () => {
  expectFinding("doorbell-only", `${tiers("~~~burst~~~: 2")}\n${WORKER}`);
  expectFinding("doorbell-only", `~~~fairness~~~: { by: "{% $request.customer %}" }\n${WORKER}`);
});

test("doorbell keeps them, and deferral keeps the rest", () => {
  expectNothing("doorbell-only", tiers("share: 10%"));
  expectNothing("doorbell-only", `${tiers("maxReceives: 9")}\n${WORKER}`);
});

import { expectFinding, expectNothing } from "../source";

const deferral = (keys: string, rest = "rateLimit: 30/s") => `${rest}\nworker: { dispatch: deferral, ${keys} }`;

test("what only deferral reads is a warning elsewhere", () => {
  const finding = expectFinding("idle-slots", "worker: { ~~~slots~~~: 6 }", { hint: "write dispatch: deferral" });
  expect(finding.severity).toBe("warning");
  expectFinding("idle-slots", "worker: { dispatch: doorbell, ~~~provisioned~~~: 2 }");
  expectFinding("idle-slots", "tiers: [{ name: HIGH, timeout: 1m }, { name: LOW, timeout: 1m, ~~~maxReceives~~~: 9 }]");
});

test("more warm workers than slots are found", () => {
  expectFinding("idle-slots", deferral("slots: 6, provisioned: ~~~7~~~"), { hint: "Write at most 6" });
});

test("enough slots are good, and so is a file without any", () => {
  expectNothing("idle-slots", deferral("slots: 6, provisioned: 6"));
  expectNothing("idle-slots", "worker: { dispatch: doorbell }");
  expectNothing("idle-slots", `${deferral("slots: 2")}\ntiers: [{ name: ONE, timeout: 1m, maxReceives: 9 }]`);
});

test("a dispatch that does not exist says nothing of the slots", () => {
  expectNothing("idle-slots", "worker: { dispatch: deferal, slots: 6 }");
});

test("an environment that goes back to doorbell keeps slots that nobody reads", () => {
  expectFinding("idle-slots", `${deferral("slots: 6")}\nenvironments: { ~~~a~~~: { worker: { dispatch: doorbell } } }`);
});

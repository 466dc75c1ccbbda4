import { expectFinding, expectNothing } from "../source";

const deferral = (keys: string, rest = "rateLimit: 5/s") => `${rest}\nworker: { dispatch: deferral, ${keys} }`;

test("more slots than the limit has calls are found", () => {
  const finding = expectFinding("slots-beyond-limit", deferral("slots: ~~~6~~~"), {
    message: "5/s over 6 slots is none for each",
    hint: "Write at most 5 slots",
  });
  expect(finding.severity).toBe("error");
});

test("more slots than calls may be open are found", () => {
  expectFinding("slots-beyond-limit", deferral("slots: ~~~4~~~", "concurrency: 3"), { hint: "Write at most 3 slots" });
});

test("an interval that an invocation of Lambda cannot hold twice is found, with what it would take", () => {
  // 2/10m over 2 slots is one call in 606 s: that long for a new worker's wait, and again from the call's start.
  expectFinding("slots-beyond-limit", deferral("slots: ~~~2~~~", "rateLimit: 2/10m"), {
    message: "A slot calls once in 10 min 6 s",
    hint: "Write fewer slots",
  });
});

test("as many slots as calls are good, and an interval of some minutes is", () => {
  expectNothing("slots-beyond-limit", deferral("slots: 5"));
  expectNothing("slots-beyond-limit", deferral("slots: 1", "rateLimit: 2/10m"));
  expectNothing("slots-beyond-limit", deferral("slots: 3", "concurrency: 3"));
  expectNothing("slots-beyond-limit", "rateLimit: 5/s\nworker: { slots: 9 }");
});

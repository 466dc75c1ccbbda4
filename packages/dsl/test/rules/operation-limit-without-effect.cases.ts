import { expectFinding, expectNothing } from "../source";

const own = (rate: string) => `operations: { read: { path: /r }, export: { path: /e, rateLimit: ${rate} } }`;

test.each(["~~~5/s~~~", "~~~10/s~~~", "~~~300/m~~~", "~~~5/500ms~~~"])(
  "under a shared 5/s an own limit of %s does nothing",
  (rate) => {
    expect(expectFinding("operation-limit-without-effect", own(rate)).severity).toBe("warning");
  },
);

test("the figure is what the shared limit lets through", () => {
  expectFinding("operation-limit-without-effect", own("~~~400/m~~~"), {
    message: "All operations share 5/s, which lets at most 300 calls start in 1 min",
  });
});

test.each(["1/s", "4/s", "299/m"])("an own limit of %s below a shared 5/s is good", (rate) => {
  expectNothing("operation-limit-without-effect", own(rate));
});

test("in a window shorter than the shared one its spacing counts", () => {
  // 30/m start one call in (60 s + 0.6 s) / 30 = 2.02 s
  expectFinding("operation-limit-without-effect", `rateLimit: 30/m\n${own("~~~1/s~~~")}`, {
    message: "at most 1 call start in 1 s",
  });
});

test("where calls are not evenly spaced, only the count of the window counts", () => {
  const burst = "tiers: [{ name: HIGH, timeout: 1h, burst: 10 }]";
  expectNothing("operation-limit-without-effect", `rateLimit: 30/m\n${burst}\n${own("1/s")}`);
  const deferral = "worker: { dispatch: deferral, slots: 6 }";
  expectNothing("operation-limit-without-effect", `rateLimit: 30/m\n${deferral}\n${own("1/s")}`);
});

test("any of several shared limits may be the one that is stricter", () => {
  expectFinding("operation-limit-without-effect", `rateLimit: [5/s, 100/m]\n${own("~~~200/m~~~")}`, {
    message: "All operations share 100/m",
  });
});

test("without a shared limit an own one matters", () => {
  expectNothing("operation-limit-without-effect", `concurrency: 4\n${own("100/s")}`, { without: ["rateLimit"] });
});

test("an environment that lowers the shared limit is not told that the file's own limits idle there", () => {
  expectNothing("operation-limit-without-effect", `${own("1/s")}\nenvironments: { slow: { rateLimit: 1/s } }`);
});

test("an environment that states the operation's limit itself is told at its place", () => {
  const patch = "rateLimit: 1/s, operations: { export: { rateLimit: ~~~2/s~~~ } }";
  expectFinding("operation-limit-without-effect", `${own("1/s")}\nenvironments: { slow: { ${patch} } }`);
});

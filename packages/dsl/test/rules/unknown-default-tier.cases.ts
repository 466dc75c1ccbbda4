import { expectFinding, expectNothing } from "../source";

test("a default tier that does not exist is found with those that do", () => {
  expectFinding("unknown-default-tier", "defaultTier: ~~~NORML~~~", {
    hint: "Write NORMAL. The tiers: HIGH, NORMAL, BATCH.",
  });
});

test("a tier of the file's own list is good", () => {
  expectNothing("unknown-default-tier", "tiers: [{ name: ONLY, timeout: 1m }]\ndefaultTier: ONLY");
});

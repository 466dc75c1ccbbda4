import { expectFinding, expectNothing } from "../source";

const tiers = (b: string, c: string) =>
  `tiers: [{ name: A, timeout: 1m }, { name: B, timeout: 1m, share: ${b} }, { name: C, timeout: 1m, share: ${c} }]`;

test("shares that leave nothing for the highest tier are found at the largest", () => {
  expectFinding("share-too-large", tiers("40%", "~~~60%~~~"), { message: "come to 100 %" });
});

test("shares that leave something are good", () => {
  expectNothing("share-too-large", tiers("40%", "59%"));
});

test("a share of the highest tier means nothing", () => {
  expectFinding("share-too-large", "tiers: [{ name: A, timeout: 1m, share: ~~~5%~~~ }]", { hint: "Remove share" });
});

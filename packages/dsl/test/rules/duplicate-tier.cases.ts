import { expectFinding } from "../source";

test("a second tier of one name is found, small and capital letters apart", () => {
  expectFinding("duplicate-tier", "tiers: [{ name: HIGH, timeout: 1m }, { name: ~~~High~~~, timeout: 2m }]", {
    message: "a tier HIGH already",
  });
});

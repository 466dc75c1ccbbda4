import { expectFinding } from "../source";

test("a missing key of the file is found at the file's first key", () => {
  expectFinding("missing-key", "~~~version~~~: 1", {
    without: ["name"],
    message: "name is missing in this file",
    hint: "name: companies-house",
  });
});

test("a missing key of a list's item is found at the item's first key", () => {
  expectFinding("missing-key", "tiers:\n  - ~~~name~~~: HIGH", { hint: "Add timeout: 2m" });
});

test("a missing key of a map is found at the map's key", () => {
  expectFinding("missing-key", "operations: { ~~~read~~~: { method: GET } }", { hint: "Add path: /company/{number}" });
});

test("a key that an environment removes is found where it is removed", () => {
  expectFinding("missing-key", "environments: { staging: { endpoint: { url: ~~~null~~~ } } }", {
    message: "url is missing in endpoint",
  });
});

test("a key that a list of an environment lacks is found there, though the file's own list has it", () => {
  const file = "tiers: [{ name: HIGH, timeout: 2m }]\nenvironments:\n  staging: { tiers: [{ ~~~name~~~: HIGH }] }";
  expectFinding("missing-key", file, { message: "timeout is missing in item 1 of tiers" });
});

import { expectFinding, expectNothing } from "../source";

test("a gateway that its file's name does not tell is a warning", () => {
  const finding = expectFinding("name-not-file", "name: ~~~register~~~", {
    file: "gateways/companies.yaml",
    hint: "register.yaml",
  });
  expect(finding.severity).toBe("warning");
});

test("a file of the gateway's name is good, with either ending and in any folder", () => {
  expectNothing("name-not-file", "name: register", { file: "register.yml" });
  expectNothing("name-not-file", "name: register", { file: "C:\\gateways\\register.yaml" });
});

test("text from standard input has no name to compare", () => {
  expectNothing("name-not-file", "name: register", { file: "<stdin>" });
});

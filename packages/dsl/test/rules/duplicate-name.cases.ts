import { lintGateways } from "@sluice/dsl";
import { wholeFile } from "../source";

const named = (name: string) => wholeFile(`name: ${name}\nendpoint: { adapter: http, url: https://${name}.org }`);

test("two files with one gateway name are both told of the other", () => {
  const files = ["a/one.yaml", "b/one.yaml", "two.yaml"].map((file) => ({
    file,
    text: named(file.startsWith("two") ? "two" : "one"),
  }));
  const { findings, specs } = lintGateways(files);
  expect(findings.map(({ file, name, range, message }) => ({ file, name, range, message }))).toEqual([
    { file: "a/one.yaml", name: "duplicate-name", range: [6, 9], message: expect.stringContaining("b/one.yaml") },
    { file: "b/one.yaml", name: "duplicate-name", range: [6, 9], message: expect.stringContaining("a/one.yaml") },
  ]);
  expect(specs.map(({ file }) => file)).toEqual(["two.yaml"]);
});

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadSecretsFile, parseSecrets, SecretsFileError } from "../src/secrets-file";

test("a secret is text or a map of fields", () => {
  const secrets = parseSecrets('companies-house: "abc"\nregister:\n  user: u\n  password: "p # 1"\n');
  expect([...secrets]).toEqual([
    ["companies-house", "abc"],
    ["register", { user: "u", password: "p # 1" }],
  ]);
  expect(parseSecrets("# none yet\n").size).toBe(0);
});

test.each([
  ["a: x\nb: 12345\n", "sluice.secrets.yaml:2: the secret b is a number, and a secret is text. Put it in quotes."],
  ["a:\n", "the secret a is empty, and a secret is text."],
  ["a: [x]\n", "the secret a is a list"],
  ["a:\n  b: yes\n  c: true\n", "sluice.secrets.yaml:2: the field c of the secret a is true or false"],
  ["a: {}\n", "the secret a is empty."],
  ["- a\n", "the file is to be a map of secrets. Write NAME: text"],
  ["a: x\na: y\n", "sluice.secrets.yaml:2: this is no YAML (DUPLICATE_KEY)"],
  ['a: "x\n', "this is no YAML"],
])("%j is refused with its line and what to write", (text, said) => {
  expect(() => parseSecrets(text)).toThrow(said);
});

test("no value of the file is in a message", () => {
  for (const text of ['a: "hunter2\n', "a: {b: [hunter2]}", "hunter2", "- hunter2", "a: &x hunter2\nb: *y\n"]) {
    const said = (() => {
      try {
        return String(parseSecrets(text).size);
      } catch (error) {
        return error instanceof SecretsFileError ? error.message : "another error";
      }
    })();
    expect(said).not.toContain("hunter2");
    expect(said).not.toContain("another error");
  }
});

test("where there is no file there are no secrets, and one that cannot be read is an error", () => {
  const folder = mkdtempSync(join(tmpdir(), "sluice-secrets-"));
  const path = join(folder, "sluice.secrets.yaml");
  expect(loadSecretsFile(path).size).toBe(0);
  writeFileSync(path, "a: b\n");
  expect(loadSecretsFile(path).get("a")).toBe("b");
  expect(() => loadSecretsFile(folder)).toThrow("the secrets cannot be read");
  rmSync(folder, { recursive: true });
});

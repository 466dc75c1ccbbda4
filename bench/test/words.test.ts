import { spawnSync } from "node:child_process";
import { join } from "node:path";

const run = (...words: string[]) =>
  spawnSync(process.execPath, [join(__dirname, "..", "worker-bundle.mjs"), ...words], { encoding: "utf8" });

test("a benchmark tells with --help what it measures, and its options", () => {
  const { stdout, status } = run("--help");
  expect(status).toBe(0);
  expect(stdout).toContain("Usage: node bench/worker-bundle.mjs [options]");
  expect(stdout).toContain("The worker's bundle: its size, and what it costs a cold start to import it.");
  expect(stdout).toContain("--format <format>");
});

test.each([
  [["--runs", "many"], "argument 'many' is invalid. Write a whole number from 1 on."],
  [["--format", "xml"], "Allowed choices are pretty, json."],
  [["--run", "1"], "unknown option '--run'\n(Did you mean --runs?)"],
])("%j is wrong use, told in a sentence", (words, sentence) => {
  const { stdout, stderr, status } = run(...words);
  expect({ stdout, status }).toEqual({ stdout: "", status: 2 });
  expect(stderr).toContain(sentence);
  expect(stderr).toContain("See: node bench/worker-bundle.mjs --help");
});

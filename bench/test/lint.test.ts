import { spawnSync } from "node:child_process";
import { join } from "node:path";

test("the benchmark of lint runs, and nothing is wrong in its files", () => {
  const script = join(__dirname, "..", "lint.mjs");
  const { stdout, stderr } = spawnSync(process.execPath, [script, "--files", "20", "--runs", "1", "--format", "json"], {
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  expect(JSON.parse(stdout).results).toEqual([
    expect.objectContaining({ name: "sluice lint, one file", medianMs: expect.any(Number), maxMs: 250 }),
    expect.objectContaining({ name: "sluice lint, 20 files", mostMb: expect.any(Number), maxMs: 1_000, maxMb: 300 }),
  ]);
});

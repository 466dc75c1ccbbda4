import { spawnSync } from "node:child_process";
import { join } from "node:path";

test("the benchmark of the worker's bundle runs, and the bundle is within its size", () => {
  const script = join(__dirname, "..", "worker-bundle.mjs");
  const { stdout, stderr } = spawnSync(process.execPath, [script, "--runs", "1", "--format", "json"], {
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  const result = JSON.parse(stdout);
  expect(result).toMatchObject({ runs: 1, maxBytes: 1_500_000, maxImportMs: 150, importMs: expect.any(Number) });
  expect(result.bytes).toBeLessThan(result.maxBytes);
});

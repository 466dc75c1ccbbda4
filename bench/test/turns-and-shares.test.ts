import { spawnSync } from "node:child_process";
import { join } from "node:path";

test("the benchmark of turns and shares runs, and no window holds a call too many", () => {
  const script = join(__dirname, "..", "turns-and-shares.mjs");
  const { stdout, stderr } = spawnSync(process.execPath, [script, "--size", "small", "--format", "json"], {
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  const { turns, shares } = JSON.parse(stdout);
  const kept = { mostInWindow: 10, highP99Ms: expect.any(Number), batchShare: expect.any(Number) };
  expect(turns).toEqual([expect.objectContaining(kept), expect.objectContaining(kept)]);
  expect(shares).toEqual([expect.objectContaining(kept)]);
});

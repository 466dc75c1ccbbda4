import { spawnSync } from "node:child_process";
import { join } from "node:path";

test("the benchmark of both dispatches runs, no window holds a call too many, and HIGH waits longer in deferral", () => {
  const script = join(__dirname, "..", "dispatch.mjs");
  const { stdout, stderr } = spawnSync(process.execPath, [script, "--size", "small", "--format", "json"], {
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  const [doorbell, deferral] = JSON.parse(stdout).results;
  expect(doorbell).toMatchObject({ dispatch: "doorbell", mostInWindow: 5 });
  expect(deferral).toMatchObject({ dispatch: "deferral", mostInWindow: 5 });
  expect(deferral.highP99Ms).toBeGreaterThan(doorbell.highP99Ms);
});

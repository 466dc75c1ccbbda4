// Fails when a generated file in the tree is not what its generator writes today: runs the generators and compares
// the working tree before and after. On a clean clone that is a git diff; with work in progress it still tells the
// generated change from the author's own.

import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const GENERATORS = [
  ["node_modules/projen/bin/projen"],
  ["packages/dsl/lib/write-schema.js"],
  ["packages/cli/lib/write-rule-pages.js"],
  ["packages/dsl/lib/write-reference.js"],
];

/** @returns {Map<string, string>} each file that git tracks or would track, with its content's hash */
function snapshot() {
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: ROOT });
  const files = [...new Set(listed.toString().split("\0"))].filter((file) => file && existsSync(join(ROOT, file)));
  return new Map(
    files.map((file) => [
      file,
      createHash("sha256")
        .update(readFileSync(join(ROOT, file)))
        .digest("hex"),
    ]),
  );
}

const before = snapshot();
for (const [script = "", ...args] of GENERATORS) {
  if (!existsSync(join(ROOT, script))) continue;
  const { status } = spawnSync(process.execPath, [script, ...args], { cwd: ROOT, stdio: ["ignore", 2, 2] });
  if (status !== 0) {
    console.error(`${script} failed: its message is above.`);
    process.exit(1);
  }
}
const after = snapshot();
const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
  (file) => before.get(file) !== after.get(file),
);
if (changed.length > 0) {
  console.error("These generated files were out of date. They have just been written anew: commit them.");
  for (const file of changed) console.error(`  ${file}`);
  process.exit(1);
}

// Looks for gateway files that the linter cannot cope with, for as long as you like: mutated real files through lint, the
// fixes and both readers of YAML. `npm test` does the same with a few thousand.
//
//   npm run fuzz [-- --minutes 10]
//
// What is found is printed as small as it could be made, with the seed that finds it again. Exit 1 then.

import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const SUITES = ["fuzz", "fix", "plain-yaml"].map((name) => `packages/dsl/test/${name}.test.ts`);
const USUAL_MINUTES = "5";

const { minutes } = parseArgs({ options: { minutes: { type: "string", default: USUAL_MINUTES } } }).values;
if (!(Number(minutes) > 0 && Number(minutes) <= 1_440)) {
  console.error(`--minutes ${minutes}: write a number above 0, at most 1440, for example --minutes 10`);
  process.exit(2);
}
console.error(`Looking for ${minutes} minutes, quiet meanwhile.`);
const jest = join(ROOT, "node_modules", "jest", "bin", "jest.js");
// One after the other, so that each has its time; a single run is no slower than usual.
const words = [jest, "--runInBand", "--testTimeout", String(Number(minutes) * 60_000 + 60_000), ...SUITES];
const env = { ...process.env, FUZZ_MINUTES: minutes };
const { status } = spawnSync(process.execPath, words, { cwd: ROOT, env, stdio: "inherit" });
process.exit(status ?? 1);

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import type { SynthesisInput, SynthesizedGateways } from "../src/app";
import { SynthesisFailure } from "../src/failures";

/** As `npm test` has built it. */
const APP = join(__dirname, "..", "lib", "app.js");

const SCRIPT = `
const { synthGateways } = require(${JSON.stringify(APP)});
try { console.log(JSON.stringify({ made: synthGateways(JSON.parse(process.argv[1])) })); }
catch (error) {
  if (error.name !== "SynthesisFailure") throw error;
  console.log(JSON.stringify({ failure: error.message }));
}`;

/**
 * Synthesizes in a process of its own. The CDK's validator compiles 300 MB of WebAssembly, which a process holds until its
 * end and then gives back so slowly that Jest takes a worker with it for one that hangs.
 */
export function synthApart(input: SynthesisInput): SynthesizedGateways {
  const { stdout, stderr } = spawnSync(process.execPath, ["-e", SCRIPT, JSON.stringify(input)], { encoding: "utf8" });
  if (stdout === "") throw new Error(`the synthesis ended without a word: ${stderr}`);
  const { made, failure } = JSON.parse(stdout);
  if (failure !== undefined) throw new SynthesisFailure(failure);
  return made;
}

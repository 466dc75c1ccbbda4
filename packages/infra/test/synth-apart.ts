import { spawnSync } from "node:child_process";
import { join } from "node:path";
import type { SynthesisInput, SynthesizedGateways } from "../src/app";

/** As `npm test` has built it. */
const APP = join(__dirname, "..", "lib", "app.js");

const SCRIPT = `
const { synthGateways } = require(${JSON.stringify(APP)});
const resultOf = (input) => {
  try { return synthGateways(input); }
  catch (error) {
    if (error.name !== "SynthesisFailure") throw error;
    return { failure: error.message };
  }
};
console.log(JSON.stringify(JSON.parse(process.argv[1]).map(resultOf)));`;

/** What became of a synthesis: a cloud assembly, or why there is none. */
export type SynthesisResult = SynthesizedGateways | { readonly failure: string };

/**
 * Synthesizes one after the other in a process of its own. The CDK's validator compiles 300 MB of WebAssembly, which takes
 * seconds, once a process; a process holds it until its end and then gives it back so slowly that Jest takes a worker with
 * it for one that hangs. In Jest itself that validator is off, whatever `validation` says.
 */
export function synthApart(inputs: readonly SynthesisInput[]): SynthesisResult[] {
  const { stdout, stderr } = spawnSync(process.execPath, ["-e", SCRIPT, JSON.stringify(inputs)], { encoding: "utf8" });
  if (stdout === "") throw new Error(`the syntheses ended without a word: ${stderr}`);
  return JSON.parse(stdout);
}

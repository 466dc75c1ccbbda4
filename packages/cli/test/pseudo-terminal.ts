import { spawn } from "node:child_process";
import { join } from "node:path";

const SLUICE = join(__dirname, "..", "bin", "sluice.js");

/** What somebody at the terminal does: when this text has come, they press these keys. */
export type Step = readonly [whenSeen: string, keys: string];

export const CTRL_C = "\u0003";
export const CTRL_D = "\u0004";
export const CTRL_U = "\u0015";
export const DOWN = "\u001b[B";
export const ENTER = "\r";

/**
 * Runs the built command on a pseudo-terminal, which `script` gives.
 *
 * @returns all that was on the screen, and the exit code; it fails when a step's text does not come
 */
export function runAtTerminal(
  words: readonly string[],
  steps: readonly Step[],
  cwd: string,
): Promise<{ code: number; screen: string }> {
  const command = [process.execPath, SLUICE, ...words].map((word) => `'${word}'`).join(" ");
  const args =
    process.platform === "darwin" ? ["-q", "/dev/null", "sh", "-c", command] : ["-qec", command, "/dev/null"];
  const child = spawn("script", args, { cwd, env: { ...process.env, NO_COLOR: "1", TERM: "xterm" } });
  return new Promise((resolve, reject) => {
    let screen = "";
    let seen = 0;
    const left = [...steps];
    child.stdout.on("data", (chunk: Buffer) => {
      screen += chunk.toString();
      const at = left[0] === undefined ? -1 : screen.indexOf(left[0][0], seen);
      if (at < 0) return;
      seen = screen.length;
      child.stdin.write(left.shift()?.[1] ?? "");
    });
    child.on("error", reject);
    child.on("close", (code) => {
      const [next] = left;
      if (next) reject(new Error(`"${next[0]}" did not come; on the screen is:\n${screen}`));
      else resolve({ code: code ?? -1, screen });
    });
  });
}

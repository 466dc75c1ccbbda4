// Outlives a host that died without a word. Frozen environments cannot notice that their host is gone, so this does: it
// reads the process ids to end from standard input ("+123" one to watch, "-123" one that has ended), and when that
// closes it kills what is left, removes the host's folder (argv[2]), and ends.

import { rmSync } from "node:fs";
import { createInterface } from "node:readline";

/** @type {Set<number>} */
const watched = new Set();

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const id = Number(line.slice(1));
    if (line.startsWith("+")) watched.add(id);
    else watched.delete(id);
  })
  .on("close", () => {
    for (const id of watched) {
      try {
        process.kill(id, "SIGKILL");
      } catch {
        // Ended in the meantime.
      }
    }
    const folder = process.argv[2];
    if (folder) rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  });

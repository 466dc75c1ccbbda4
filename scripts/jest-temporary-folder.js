const { mkdtempSync, rmSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join } = require("node:path");

/**
 * Gives a test run a temporary folder of its own, which its workers inherit: what tests leave there is gone with the run,
 * also when it is ended half-way and no test can clean up after itself.
 */
module.exports = function useOwnTemporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), "sluice-tests-"));
  process.env.TMPDIR = folder;
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  process.once("exit", remove);
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
    process.once(signal, () => {
      remove();
      process.kill(process.pid, signal); // As if nobody had listened.
    });
  }
};

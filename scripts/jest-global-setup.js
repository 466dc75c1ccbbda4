const { mkdtempSync, rmSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join } = require("node:path");

/** What the workers and all that they start inherit. */
module.exports = function setUp() {
  // The CDK's template validator takes 1.6 s and 420 MB for each process. It is on in build and deploy, off in unit tests.
  process.env.CDK_VALIDATION = "false";
  // The SDK's notice about Node 20 would open the output of every test file that makes a client.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
  useOwnTemporaryFolder();
};

/**
 * Gives a test run a temporary folder of its own: what tests leave there is gone with the run, also when it is ended
 * half-way and no test can clean up after itself.
 */
function useOwnTemporaryFolder() {
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
}

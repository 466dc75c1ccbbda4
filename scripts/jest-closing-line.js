/** Ends a test run with one line on standard output: `N passed, N failed`, and `, N skipped` when any were. */
class ClosingLine {
  /**
   * @param {unknown} _contexts
   * @param {import("@jest/reporters").AggregatedResult} results
   */
  onRunComplete(_contexts, results) {
    // A file that could not be run has no tests to count, and is a failure all the same.
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests + results.numTodoTests;
    const line = `${results.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
    // At exit, because Jest may still have something to say after its reporters.
    process.once("exit", () => process.stdout.write(`${line}\n`));
  }
}

module.exports = ClosingLine;

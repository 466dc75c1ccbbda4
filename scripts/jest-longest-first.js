const { default: Sequencer } = require("@jest/test-sequencer");

/**
 * Suites of ten seconds and more. Elsewhere Jest remembers how long each took; in a fresh clone it knows their sizes only.
 * Those that wait, for the real clock and for processes, are spread among the others, to which they leave the processors.
 */
const LONG = [
  "cli/test/real-clock/killed-worker",
  "swarm/test/swarm",
  "swarm/test/mutants",
  "cli/test/real-clock/full-window",
  "dsl/test/fuzz",
  "local/test/simulation/memory",
  "cli/test/process",
  "swarm/test/small-scopes",
  "local/test/simulation/crashes",
  "cli/test/real-clock/requests",
  "cli/test/commands/simulate",
  "local/test/simulation/rare-faults",
  "local/test/simulation/cost-model",
  "local/test/wire-server-cli",
  "infra/test/app",
  "cli/test/commands/plan",
  "dsl/test/rules",
  "dsl/test/fix",
].map((name) => `/packages/${name}.test.ts`);

/** Begins with the longest suites: one of a minute that comes last leaves the other workers idle for as long. */
module.exports = class LongestFirst extends Sequencer {
  /**
   * @override
   * @param {Parameters<Sequencer["sort"]>[0]} tests
   */
  async sort(tests) {
    const rank = (/** @type {{ readonly path: string }} */ { path }) => {
      const place = LONG.findIndex((name) => path.endsWith(name));
      return place < 0 ? LONG.length : place;
    };
    return [...(await super.sort(tests))].sort((a, b) => rank(a) - rank(b));
  }
};

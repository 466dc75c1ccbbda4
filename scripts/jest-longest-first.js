const { default: Sequencer } = require("@jest/test-sequencer");

/**
 * Suites of ten seconds and more. Elsewhere Jest remembers how long each took; in a fresh clone it knows their sizes only.
 * Those of the real clock come first and together: they wait, and leave the processors to each other and to a third.
 */
const LONG = [
  "cli/test/real-clock/killed-worker",
  "cli/test/real-clock/full-window",
  "swarm/test/swarm",
  "swarm/test/mutants",
  "cli/test/real-clock/requests",
  "dsl/test/fuzz",
  "cli/test/process",
  "local/test/simulation/crashes",
  "local/test/simulation/memory",
  "swarm/test/small-scopes",
  "cli/test/commands/simulate",
  "local/test/simulation/rare-faults",
  "local/test/simulation/cost-model",
  "infra/test/app",
  "cli/test/commands/plan",
  "dsl/test/rules",
  "dsl/test/fix",
  "local/test/waits-formula",
  "dsl/test/editor/diagnostics",
  "local/test/simulation/faults",
  "local/test/wire-server-cli",
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

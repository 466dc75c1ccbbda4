const { default: Sequencer } = require("@jest/test-sequencer");

/** Suites of ten seconds and more. Elsewhere Jest remembers how long each took; in a fresh clone it knows their sizes only. */
const LONG = [
  "swarm/test/swarm",
  "cli/test/real-clock/killed-worker",
  "local/test/simulation/memory",
  "cli/test/real-clock/full-window",
  "swarm/test/small-scopes",
  "cli/test/process",
  "dsl/test/fuzz",
  "swarm/test/mutants",
  "infra/test/app",
  "infra/test/deferral-stack",
  "local/test/simulation/crashes",
  "local/test/simulation/cost-model",
  "cli/test/real-clock/requests",
  "local/test/simulation/rare-faults",
  "dsl/test/rules",
  "cli/test/commands/simulate",
].map((name) => `/packages/${name}.test.ts`);

/** Begins with the longest suites: one of a minute that comes last leaves the other worker idle for as long. */
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

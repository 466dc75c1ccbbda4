// Import direction. Names of packages resolve to their sources (tsconfig.check.json), so a rule speaks of sources.

/** What each package's sources may import of the others. A package that is not listed may import none. */
const MAY_IMPORT = {
  dsl: [],
  runtime: ["dsl"],
  infra: ["dsl", "runtime"],
  local: ["dsl", "runtime"],
  client: ["dsl"],
  swarm: ["dsl", "runtime", "infra", "local"],
  cli: ["dsl", "runtime", "infra", "local", "console", "client"],
};

const directions = Object.entries(MAY_IMPORT).map(([name, others]) => ({
  name: `direction-of-${name}`,
  comment: `${name} may import ${others.length > 0 ? others.join(", ") : "no other package"}.`,
  severity: "error",
  from: { path: `^packages/${name}/src/` },
  to: { path: "^packages/", pathNot: `^packages/(${[name, ...others].join("|")})/` },
}));

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    ...directions,
    {
      name: "front-door",
      comment: "Another package is imported by its name: what its index.ts does not export is private.",
      severity: "error",
      from: { path: "^packages/([^/]+)/" },
      to: { path: "^packages/", pathNot: ["^packages/$1/", "^packages/[^/]+/src/index\\.ts$"] },
    },
    {
      name: "by-name",
      comment: "No path into another package, not even to its index.ts.",
      severity: "error",
      from: { path: "^packages/([^/]+)/" },
      to: { path: "^packages/", pathNot: "^packages/$1/", dependencyTypes: ["local"], dependencyTypesNot: ["aliased"] },
    },
    {
      name: "pure-core",
      comment: "The core reaches the world through its ports: it imports only itself and the dsl.",
      severity: "error",
      from: { path: "^packages/runtime/src/core/" },
      to: { pathNot: ["^packages/runtime/src/core/", "^packages/dsl/src/index\\.ts$", "^(node:)?crypto$"] },
    },
    {
      name: "independent-judge",
      comment: "Who judges the worker shares no code with it.",
      severity: "error",
      from: { path: "^packages/local/src/(ideal|judge)\\.ts$" },
      to: { path: "^packages/runtime/", reachable: true },
    },
    {
      name: "no-cycles",
      comment: "Two files that need each other are one file, or three.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "no-unresolved",
      comment: "What is imported must exist.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^packages/[^/]+/(lib|dist|node_modules)/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.check.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
    },
  },
};

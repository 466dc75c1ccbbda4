import { Component, JsonFile, javascript, type Project, typescript } from "projen";

/** Every version is exact, and stated once. Prove a bump with a fresh `npm ci`. */
const PINS = {
  "@apidevtools/swagger-parser": "12.1.0",
  "@aws-sdk/client-dynamodb": "3.1164.0",
  "@aws-sdk/client-lambda": "3.1164.0",
  "@aws-sdk/client-secrets-manager": "3.1164.0",
  "@aws-sdk/client-sfn": "3.1164.0",
  "@aws-sdk/client-sns": "3.1169.0",
  "@aws-sdk/client-sqs": "3.1175.0",
  "@biomejs/biome": "2.6.8",
  "@inquirer/prompts": "7.10.1", // 8 needs Node 22
  "@jest/test-sequencer": "30.5.2",
  "@microsoft/jest-sarif": "1.0.0-beta.0", // for the SARIF schema that it ships
  "@swc/core": "1.16.22",
  "@swc/jest": "0.2.39",
  "@types/asciichart": "1.5.8",
  "@types/jest": "30.0.0",
  "@types/luxon": "3.7.1",
  "@types/node": "20.19.43",
  "@types/sarif": "2.1.7",
  "@types/url-template": "2.0.31",
  ajv: "8.20.0",
  "ajv-draft-04": "1.0.0",
  "ajv-formats": "3.0.1",
  asciichart: "1.5.25",
  "asl-validator": "4.0.0",
  "aws-cdk-lib": "2.273.0",
  "cdk-nag": "3.0.2",
  "cli-table3": "0.6.5",
  commander: "14.0.3",
  constructs: "10.8.1",
  "csv-parse": "7.0.3",
  "dependency-cruiser": "17.4.3", // 18 needs Node 22
  diff: "9.0.0",
  dynalite: "4.0.0",
  esbuild: "0.28.2",
  "fast-check": "4.10.2",
  fauxqs: "1.9.2",
  "hdr-histogram-js": "3.0.1",
  jest: "30.5.2",
  "json-schema-faker": "0.6.3",
  jsonata: "2.2.2",
  "jsonc-parser": "3.3.1",
  linkedom: "0.18.9", // later ones need a css-select that is ESM only
  luxon: "3.7.2",
  picocolors: "1.1.1",
  projen: "0.103.25",
  "rolling-rate-limiter": "0.4.2",
  saxes: "6.0.0",
  tsx: "4.23.15",
  typescript: "6.0.3",
  uplot: "1.6.32",
  "url-template": "2.0.8", // 3 is ESM only, and the packages are CommonJS
  "vscode-languageserver-protocol": "3.17.5", // the one that the language server below speaks
  xmlbuilder: "15.1.1", // xmlbuilder2 loads five times as slowly, and every command would pay
  yaml: "2.9.1",
  "yaml-language-server": "1.25.0", // 2 needs Node 22
  zod: "4.6.7",
} as const;
type Pinned = keyof typeof PINS;

const VERSION = "0.0.0";
const LICENSE = "Apache-2.0";
const NODE = ">=20.12.0";

/** What `tsc` is told everywhere: in each package, and in the check of tests, benchmarks and scripts. */
const STRICT = {
  target: "es2023",
  lib: ["es2023"],
  module: "node16",
  moduleResolution: "node16",
  types: ["node"],
  strict: true,
  noUncheckedIndexedAccess: true,
  noImplicitOverride: true,
  noImplicitReturns: true,
  noFallthroughCasesInSwitch: true,
  exactOptionalPropertyTypes: false,
  esModuleInterop: true,
  resolveJsonModule: true,
  skipLibCheck: true,
  forceConsistentCasingInFileNames: true,
};

interface WorkspaceOptions {
  readonly description: string;
  /** The workspaces that it may import, by their short names. */
  readonly uses?: readonly string[];
  readonly deps?: readonly Pinned[];
  readonly devDeps?: readonly Pinned[];
  readonly bin?: Readonly<Record<string, string>>;
}

/** One package of the monorepo: its `package.json` and its `tsconfig.json`, and nothing else is generated. */
class Workspace extends Component {
  constructor(project: Project, name: string, options: WorkspaceOptions) {
    super(project, `workspace-${name}`);
    const { description, uses = [], deps = [], devDeps = [], bin } = options;
    const dependencies = { ...siblings(uses), ...pinned(deps) };
    const manifest = {
      name: `@sluice/${name}`,
      version: VERSION,
      description,
      license: LICENSE,
      private: true,
      main: "lib/index.js",
      types: "lib/index.d.ts",
      ...(bin && { bin }),
      engines: { node: NODE },
      ...(Object.keys(dependencies).length > 0 && { dependencies }),
      ...(devDeps.length > 0 && { devDependencies: pinned(devDeps) }),
    };
    new JsonFile(project, `packages/${name}/package.json`, { obj: manifest });
    new JsonFile(project, `packages/${name}/tsconfig.json`, {
      obj: {
        compilerOptions: {
          ...STRICT,
          composite: true,
          declaration: true,
          declarationMap: true,
          sourceMap: true,
          rootDir: "src",
          outDir: "lib",
          // Inside lib: when lib is removed, tsc must not believe that it is up to date.
          tsBuildInfoFile: "lib/tsconfig.tsbuildinfo",
        },
        include: ["src"],
        references: uses.map((used) => ({ path: `../${used}` })),
      },
    });
  }
}

function pinned(names: readonly Pinned[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, PINS[name]]));
}

function siblings(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [`@sluice/${name}`, VERSION]));
}

const root = new javascript.NodeProject({
  name: "sluice",
  description: "Priority-aware, rate-limited gateways to legacy APIs, on SQS, Lambda and Step Functions.",
  defaultReleaseBranch: "main",
  packageManager: javascript.NodePackageManager.NPM,
  addPackageManagerToDevEngines: false,
  license: LICENSE,
  copyrightOwner: "The Sluice authors",
  copyrightPeriod: "2026", // stated, or the licence would change with the year it is generated in
  minNodeVersion: NODE.slice(2),
  entrypoint: "",
  projenrcJs: false,
  projenVersion: PINS.projen,
  allowScripts: ["esbuild"],
  biome: true,
  biomeOptions: {
    version: PINS["@biomejs/biome"],
    mergeArraysInConfiguration: false,
    biomeConfig: {
      files: {
        // Prose and gateway files are laid out by hand; the schemas by what writes them.
        includes: [
          "**",
          "!**/lib",
          "!**/dist",
          "!**/node_modules",
          "!**/*.md",
          "!**/*.yaml",
          "!**/*.yml",
          "!schemas",
          "!.projen",
          "!package-lock.json",
        ],
      },
      formatter: {
        indentStyle: javascript.biome_config.IndentStyle.SPACE,
        indentWidth: 2,
        lineWidth: 120,
      },
      javascript: { formatter: { quoteStyle: javascript.biome_config.QuoteStyle.DOUBLE } },
      linter: {
        rules: {
          preset: javascript.biome_config.PresetConfig.RECOMMENDED,
          correctness: { noUnusedImports: "error", noUnusedVariables: "error" },
          suspicious: { noExplicitAny: "error" },
        },
      },
      assist: { enabled: true, actions: { source: { organizeImports: "on" } } },
    } as unknown as javascript.biome_config.BiomeConfiguration,
  },
  devDeps: (
    [
      "@aws-sdk/client-dynamodb",
      "@aws-sdk/client-lambda",
      "@aws-sdk/client-secrets-manager",
      "@aws-sdk/client-sfn",
      "@aws-sdk/client-sns",
      "@aws-sdk/client-sqs",
      "@jest/test-sequencer",
      "@swc/core",
      "@swc/jest",
      "@types/jest",
      "@types/node",
      "asl-validator",
      "constructs",
      "dependency-cruiser",
      "dynalite",
      "esbuild",
      "fast-check",
      "fauxqs",
      "jest",
      "tsx",
      "typescript",
    ] as const
  ).map((name) => `${name}@${PINS[name]}`),
  // Off: what the repository has no use for, or does by the scripts below.
  release: false,
  github: false,
  depsUpgrade: false,
  package: false,
  npmignoreEnabled: false,
  jest: false,
  prettier: false,
  vscode: false,
  readme: { contents: "# Sluice\n" }, // written once, when there is none
  gitignore: [
    ".build/",
    "/packages/*/lib/",
    "/packages/*/dist/",
    "*.tsbuildinfo",
    ".DS_Store",
    "sluice.secrets.yaml",
    "cdk.out/",
  ],
});

new typescript.ProjenrcTs(root, { runner: typescript.TypeScriptRunner.tsx() });

root.npmrc.addConfig("omit-lockfile-registry-resolved", "true"); // no registry's address in the lock file
root.npmrc.addConfig("save-exact", "true");
root.npmrc.addConfig("fund", "false");
root.npmrc.addConfig("audit", "false");
root.package.addField("private", true);
root.package.addField("publishConfig", undefined);
root.package.addField("workspaces", ["packages/*"]);

new Workspace(root, "dsl", {
  description: "The gateway file: schema, parser, rules, plan; and the contract between caller and worker.",
  deps: ["ajv", "ajv-formats", "jsonata", "yaml", "zod"],
  devDeps: ["vscode-languageserver-protocol", "yaml-language-server"],
});
new Workspace(root, "runtime", {
  description: "The worker: a pure core over ports, its adapters, and the Lambda entry.",
  uses: ["dsl"],
  deps: [
    "@aws-sdk/client-dynamodb",
    "@aws-sdk/client-secrets-manager",
    "@aws-sdk/client-sfn",
    "@aws-sdk/client-sqs",
    "ajv",
    "jsonata",
    "url-template",
  ],
  devDeps: ["@types/url-template", "esbuild"],
});
new Workspace(root, "infra", {
  description: "CDK constructs that turn a gateway's plan into a stack.",
  uses: ["dsl", "runtime"],
  deps: ["aws-cdk-lib", "cdk-nag", "constructs"],
});
new Workspace(root, "local", {
  description: "Models of the AWS services on one clock, the strict target, and the simulator.",
  uses: ["dsl", "runtime"],
  deps: ["jsonata", "rolling-rate-limiter"],
});
new Workspace(root, "cli", {
  description: "The sluice command.",
  uses: ["dsl", "runtime", "infra", "local"],
  deps: [
    "@apidevtools/swagger-parser",
    "@aws-sdk/client-sfn",
    "@inquirer/prompts",
    "asciichart",
    "cli-table3",
    "commander",
    "csv-parse",
    "hdr-histogram-js",
    "json-schema-faker",
    "jsonc-parser",
    "luxon",
    "picocolors",
    "uplot",
    "xmlbuilder",
    "yaml",
  ],
  devDeps: [
    "@microsoft/jest-sarif",
    "@types/asciichart",
    "@types/luxon",
    "@types/sarif",
    "ajv-draft-04",
    "ajv-formats",
    "linkedom",
    "saxes",
  ],
  bin: { sluice: "bin/sluice.js" },
});
new Workspace(root, "swarm", {
  description:
    "Our own proof: random scenarios in virtual time, the invariants they must keep, and the search for more.",
  uses: ["dsl", "runtime", "infra", "local"],
  deps: ["cli-table3", "commander", "diff"],
  devDeps: ["esbuild"],
});
const workspaces = ["dsl", "runtime", "infra", "local", "cli", "swarm"];

// `tsc -b` builds all packages from here.
new JsonFile(root, "tsconfig.json", {
  obj: { files: [], references: workspaces.map((name) => ({ path: `packages/${name}` })) },
});
// `npm run typecheck`: everything that is run but not built, against the packages' sources.
new JsonFile(root, "tsconfig.check.json", {
  obj: {
    compilerOptions: {
      ...STRICT,
      module: "node20", // tests may import a package that is ESM only
      types: ["node", "jest"],
      noEmit: true,
      allowJs: true,
      checkJs: true,
      paths: { "@sluice/*": ["./packages/*/src"], fauxqs: ["./node_modules/fauxqs/dist/app.d.ts"] },
    },
    include: [
      ".projenrc.ts",
      "jest.config.js",
      "bench",
      "scripts",
      "packages/*/assets",
      "packages/*/scripts",
      "packages/*/src",
      "packages/*/test",
    ],
  },
});

// Scripts start with plain node, so that they work on a fresh clone with nothing installed.
for (const name of ["projen", ...root.tasks.all.map((task) => task.name)]) root.removeScript(name);
const BOOTSTRAP = "node scripts/bootstrap.mjs";
root.addScripts({
  demo: `${BOOTSTRAP} && node packages/cli/bin/sluice.js demo`,
  test: `${BOOTSTRAP} && jest`,
  "simulate:search": `${BOOTSTRAP} && node packages/swarm/bin/search.js`,
  build: BOOTSTRAP,
  lint: `${BOOTSTRAP} && biome ci . && depcruise --config .dependency-cruiser.cjs packages`,
  typecheck: `${BOOTSTRAP} && tsc -p tsconfig.check.json`,
  format: `${BOOTSTRAP} && biome check --write .`,
  fuzz: `${BOOTSTRAP} && node scripts/fuzz.mjs`,
  "check:generated": `${BOOTSTRAP} && node scripts/check-generated.mjs`,
  "simulate:mutants": `${BOOTSTRAP} && node packages/swarm/bin/mutants.js`,
  "simulate:small-scopes": `${BOOTSTRAP} && node packages/swarm/bin/small-scopes.js`,
  clean: "node scripts/clean.mjs",
});

root.synth();

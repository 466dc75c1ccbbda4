import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, sep } from "node:path";
import { pathToFileURL } from "node:url";

const PACKAGE = join(__dirname, "..");

interface Built {
  readonly bytes: Buffer;
  /** Files whose code is in the bundle, from the repository's root. */
  readonly inputs: readonly string[];
}

let folder: string;
let built: Built;

/** Runs the bundler in a process of its own, as the build does. */
function build(name: string): Built {
  const script = pathToFileURL(join(PACKAGE, "scripts", "bundle.mjs")).href;
  const outfile = join(folder, name);
  const code = `
    const { bundleWorker } = await import(${JSON.stringify(script)});
    const { outputs } = await bundleWorker(${JSON.stringify(outfile)});
    const inputs = Object.values(outputs).flatMap(({ inputs }) => Object.entries(inputs));
    console.log(JSON.stringify(inputs.flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : []))));`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", code], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  const inputs: string[] = JSON.parse(stdout);
  const fromRoot = (file: string) =>
    relative(join(PACKAGE, "..", ".."), join(PACKAGE, file))
      .split(sep)
      .join("/");
  return { bytes: readFileSync(outfile), inputs: inputs.map(fromRoot) };
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sluice-bundle-"));
  built = build("index.mjs");
});

afterAll(() => rmSync(folder, { recursive: true }));

test("the bundle stays below 1.5 MB", () => {
  expect(built.bytes.length).toBeLessThan(1_500_000);
});

test.each(["zod", "yaml", "aws-cdk-lib", "constructs", "@aws-sdk/nested-clients", "@aws-sdk/credential-provider-ini"])(
  "%s is not in the bundle",
  (name) => {
    expect(built.inputs.filter((file) => file.includes(`node_modules/${name}/`))).toEqual([]);
  },
);

test("of the language only the contract and what reads a secret's name are in the bundle", () => {
  const fromDsl = built.inputs.filter((file) => file.startsWith("packages/dsl/"));
  expect(fromDsl.map((file) => file.replace("packages/dsl/src/", "")).sort()).toEqual([
    "contract.ts",
    // Its own lines: the units.
    "index.ts",
    "secret-reference.ts",
    "units.ts",
  ]);
});

test("the same sources give the same bytes", () => {
  const again = build("again.mjs");
  const hash = ({ bytes }: Built) => createHash("sha256").update(bytes).digest("hex");
  expect(hash(again)).toBe(hash(built));
});

import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { seconds } from "@sluice/dsl";
import { synthGateways } from "../src/app";
import { SynthesisFailure } from "../src/failures";
import { deferralPlan, newFolder, newWorkerAsset, samplePlan } from "./plan-fixture";
import { type SynthesisResult, synthApart } from "./synth-apart";

const workerAsset = newWorkerAsset();
const synth = (outdir: string, plans = [samplePlan()]) =>
  synthGateways({ plans, outdir, workerAsset, validation: false });

/** Every file below a folder: its path and its bytes. */
function filesOf(folder: string): Record<string, string> {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name));
  const files = paths.filter((path) => statSync(path).isFile()).sort();
  return Object.fromEntries(files.map((path) => [relative(folder, path), readFileSync(path, "utf8")]));
}

/** Why a synthesis failed, which must have left everything as it was. */
function failureOf(outdir: string, run: () => unknown): string {
  const before = existsSync(outdir) ? filesOf(outdir) : undefined;
  let message = "";
  try {
    run();
  } catch (error) {
    if (!(error instanceof SynthesisFailure)) throw error;
    ({ message } = error);
  }
  expect(existsSync(outdir) ? filesOf(outdir) : undefined).toEqual(before);
  expect(readdirSync(dirname(outdir)).filter((name) => name.startsWith("."))).toEqual([]);
  return message;
}

test("a synthesis says where each gateway's template and asset manifest are", () => {
  const outdir = join(newFolder(), "deep", "cdk.out");
  const { assemblyDir, stacks } = synth(outdir, [
    samplePlan({ environment: "staging" }),
    samplePlan({ name: "other" }),
  ]);
  expect(assemblyDir).toBe(outdir);
  expect(stacks.map(({ gateway, environment, stackName }) => [gateway, environment, stackName])).toEqual([
    ["register", "staging", "sluice-register-staging"],
    ["other", undefined, "sluice-other"],
  ]);
  for (const { templatePath, assetManifestPath } of stacks) {
    expect(JSON.parse(readFileSync(templatePath, "utf8")).Resources.Worker).toBeDefined();
    expect(JSON.parse(readFileSync(assetManifestPath, "utf8")).files).toBeDefined();
  }
});

test("two syntheses of the same plans are the same, byte for byte", () => {
  const { name, ...rest } = samplePlan();
  // The order in which a plan was put together does not matter.
  const [one, other] = [samplePlan(), { ...rest, name }].map((plan) =>
    filesOf(synth(join(newFolder(), "out"), [plan]).assemblyDir),
  );
  expect(one).toEqual(other);
});

test("a changed plan changes the layer and leaves the worker's code alone", () => {
  const assetsOf = (plan = samplePlan()) => {
    const [stack] = synth(join(newFolder(), "out"), [plan]).stacks;
    const { Resources: resources } = JSON.parse(readFileSync(stack?.templatePath ?? "", "utf8"));
    return { code: resources.Worker.Properties.Code, layer: resources.PlanLayer.Properties.Content };
  };
  const [before, after] = [assetsOf(), assetsOf(samplePlan({ openCalls: 7 }))];
  expect(after.code).toEqual(before.code);
  expect(after.layer).not.toEqual(before.layer);
});

test("ten gateways share one worker", () => {
  const plans = Array.from({ length: 10 }, (_, at) => samplePlan({ name: `register-${at}` }));
  const { assemblyDir } = synth(join(newFolder(), "out"), plans);
  const bundles = Object.keys(filesOf(assemblyDir)).filter((path) => path.endsWith("index.mjs"));
  expect(bundles).toHaveLength(1);
});

test("a later synthesis replaces an earlier one whole", () => {
  const outdir = join(newFolder(), "cdk.out");
  synth(outdir, [samplePlan({ name: "first" })]);
  synth(outdir, [samplePlan({ name: "second" })]);
  const templates = readdirSync(outdir).filter((name) => name.endsWith(".template.json"));
  expect(templates).toEqual(["sluice-second.template.json"]);
  expect(readdirSync(dirname(outdir))).toEqual(["cdk.out"]);
});

describe("nothing is written, and what was there stays,", () => {
  const emptyFolder = newFolder();

  test("when the worker has not been built, and the message says how to build it", () => {
    const outdir = join(newFolder(), "cdk.out");
    synth(outdir);
    const run = () => synthGateways({ plans: [samplePlan()], outdir, workerAsset: emptyFolder, validation: false });
    const message = failureOf(outdir, run);
    expect(message).toContain(join(emptyFolder, "index.mjs"));
    expect(message).toContain("npm run build");
  });

  test("when two gateways would be one stack", () => {
    const outdir = join(newFolder(), "cdk.out");
    const plans = [samplePlan({ name: "a-b" }), samplePlan({ name: "a", environment: "b" })];
    expect(failureOf(outdir, () => synth(outdir, plans))).toContain("sluice-a-b: a-b and a in the environment b");
  });

  test("when the folder holds something else", () => {
    const outdir = join(newFolder(), "home");
    mkdirSync(outdir);
    writeFileSync(join(outdir, "letter.txt"), "dear");
    expect(failureOf(outdir, () => synth(outdir))).toContain("Choose another folder");
  });
});

describe("with validation", () => {
  const impossible = samplePlan({ worker: { memoryMb: 5, functionTimeoutUs: seconds(240) } });
  const inputs = [samplePlan(), deferralPlan, impossible].map((plan) => ({
    plans: [plan],
    outdir: join(newFolder(), "cdk.out"),
    workerAsset,
    validation: true,
  }));
  let results: SynthesisResult[];
  beforeAll(() => {
    results = synthApart(inputs);
  });

  const always = ["DDB3", "IAM5[Resource::*]", "SF1", "SF2", "SQS3"];
  test.each([
    ["doorbell", 0, [...always, "SNS3"]],
    ["deferral", 1, always],
  ])(
    "the templates of %s are clean by CloudFormation's rules and cdk-nag's, and every exception has its reason",
    (_, at, excepted) => {
      expect(results[at]).toHaveProperty("assemblyDir", inputs[at]?.outdir);
      const report = JSON.parse(readFileSync(join(inputs[at]?.outdir ?? "", "validation-report.json"), "utf8"));
      const nag = report.pluginReports.find((one: { pluginName: string }) => one.pluginName === "AwsSolutions");
      expect(nag.violations).toEqual([]);
      const acknowledged: { ruleName: string; reason: string }[] = nag.suppressedViolations;
      const rules = acknowledged.map(({ ruleName }) => ruleName.replace("AwsSolutions-", ""));
      expect(new Set(rules)).toEqual(new Set(excepted));
      for (const { reason } of acknowledged) expect(reason.length).toBeGreaterThan(30);
    },
  );

  test("a template that CloudFormation would refuse is not written, and the message says what is wrong", () => {
    expect(results[2]).toEqual({ failure: expect.stringMatching(/Worker.*MemorySize/) });
    expect(readdirSync(dirname(inputs[2]?.outdir ?? ""))).toEqual([]);
  });
});

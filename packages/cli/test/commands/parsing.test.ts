import type { Command } from "commander";
import { type CallOptions, newCallCommand } from "../../src/commands/call";
import { type DemoOptions, newDemoCommand } from "../../src/commands/demo";
import { type DevOptions, newDevCommand } from "../../src/commands/dev";
import { type ExplainOptions, newExplainCommand } from "../../src/commands/explain";
import { type LintOptions, newLintCommand } from "../../src/commands/lint";
import { newPlanCommand, type PlanOptions } from "../../src/commands/plan";
import { newSynthCommand, type SynthOptions } from "../../src/commands/synth";

/** The options that a command makes of the words typed, without running it. */
async function optionsOf<Options>(
  newCommand: (run: (options: Options) => Promise<void>) => Command,
  ...words: string[]
): Promise<Options> {
  const seen: Options[] = [];
  const command = newCommand(async (options) => void seen.push(options));
  const quiet = command.exitOverride().configureOutput({ writeErr: () => undefined, writeOut: () => undefined });
  await quiet.parseAsync(words, { from: "user" });
  const [options] = seen;
  if (options === undefined) throw new Error("the command did not run");
  return options;
}

test("lint without words looks at gateways/, prints for people, and lets warnings pass", async () => {
  expect(await optionsOf<LintOptions>(newLintCommand)).toEqual({
    files: [],
    env: undefined,
    format: "pretty",
    maxWarnings: undefined,
    fix: false,
    stdin: undefined,
    showSuppressed: false,
  });
});

test("lint takes files, an environment, a format and a number of warnings", async () => {
  const words = ["a.yaml", "b.yaml", "--env", "staging", "--format", "json", "--max-warnings", "0"];
  expect(await optionsOf<LintOptions>(newLintCommand, ...words)).toEqual({
    files: ["a.yaml", "b.yaml"],
    env: "staging",
    format: "json",
    maxWarnings: 0,
    fix: false,
    stdin: undefined,
    showSuppressed: false,
  });
});

test.each(["-1", "1.5", "many", ""])("--max-warnings %p is refused", async (value) => {
  await expect(optionsOf<LintOptions>(newLintCommand, `--max-warnings=${value}`)).rejects.toThrow();
});

test("a format that does not exist is refused with those that do", async () => {
  await expect(optionsOf<LintOptions>(newLintCommand, "--format", "xml")).rejects.toThrow(
    "pretty, json, sarif, github, junit",
  );
});

test("the formats of lint alone are refused elsewhere", async () => {
  await expect(optionsOf<ExplainOptions>(newExplainCommand, "a.yaml", "--format", "sarif")).rejects.toThrow(
    "pretty, json.",
  );
});

test("explain needs a file", async () => {
  await expect(optionsOf<ExplainOptions>(newExplainCommand)).rejects.toThrow("missing required argument 'file'");
  expect(await optionsOf<ExplainOptions>(newExplainCommand, "a.yaml")).toEqual({
    file: "a.yaml",
    env: undefined,
    instance: undefined,
    format: "pretty",
  });
  expect((await optionsOf<ExplainOptions>(newExplainCommand, "a.yaml", "--instance", "acme")).instance).toBe("acme");
});

test("plan compares with HEAD, all environments, for people, unless told otherwise", async () => {
  expect(await optionsOf<PlanOptions>(newPlanCommand)).toEqual({
    files: [],
    base: "HEAD",
    env: undefined,
    format: "pretty",
  });
  const words = ["a.yaml", "--base", "origin/main", "--env", "staging", "--format", "markdown"];
  expect(await optionsOf<PlanOptions>(newPlanCommand, ...words)).toEqual({
    files: ["a.yaml"],
    base: "origin/main",
    env: "staging",
    format: "markdown",
  });
  await expect(optionsOf<PlanOptions>(newPlanCommand, "--format", "xml")).rejects.toThrow("pretty, markdown, json");
});

test("synth writes validated templates to cdk.out unless told otherwise", async () => {
  expect(await optionsOf<SynthOptions>(newSynthCommand)).toEqual({
    files: [],
    env: undefined,
    out: "cdk.out",
    validation: true,
  });
  expect(await optionsOf<SynthOptions>(newSynthCommand, "a.yaml", "--out", "x", "--no-validation")).toEqual({
    files: ["a.yaml"],
    env: undefined,
    out: "x",
    validation: false,
  });
});

test("dev listens on port 4566 with strict targets unless told otherwise", async () => {
  expect(await optionsOf<DevOptions>(newDevCommand)).toEqual({
    files: [],
    env: undefined,
    port: 4_566,
    targets: "strict",
  });
  await expect(optionsOf<DevOptions>(newDevCommand, "--port", "65536")).rejects.toThrow("from 0 to 65535");
  await expect(optionsOf<DevOptions>(newDevCommand, "--targets", "kind")).rejects.toThrow("strict, none");
});

test("call takes the gateway, an operation, and what the request needs", async () => {
  const words = ["nvd", "cves", "--tier", "HIGH", "--request", "{}", "--name", "n1", "--format", "json"];
  expect(await optionsOf<CallOptions>(newCallCommand, ...words)).toEqual({
    gateway: "nvd",
    operation: "cves",
    tier: "HIGH",
    env: undefined,
    request: "{}",
    endpointUrl: undefined,
    name: "n1",
    format: "json",
  });
});

test("demo runs for a minute from seed 1 unless told otherwise", async () => {
  expect(await optionsOf<DemoOptions>(newDemoCommand)).toEqual({
    format: "pretty",
    seconds: 60,
    seed: 1,
    dispatch: "doorbell",
  });
  await expect(optionsOf<DemoOptions>(newDemoCommand, "--seconds", "5")).rejects.toThrow("from 30 to 600");
});

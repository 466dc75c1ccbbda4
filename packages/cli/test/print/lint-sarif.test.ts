import { resolve } from "node:path";
import schema from "@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json";
import { type Finding, RULES } from "@sluice/dsl";
import Ajv from "ajv-draft-04";
import addFormats from "ajv-formats";
import type { Log, Result, Run } from "sarif";
import type { GatewayFile } from "../../src/files";
import { renderSarif, type SuppressedFinding } from "../../src/print/lint-sarif";
import { VERSION } from "../../src/version";
import { changed } from "../gateway-text";
import {
  CLEAN,
  EMOJI,
  EMPTY,
  findingsIn,
  MARKED,
  ODD_FILES,
  ODD_FINDINGS,
  PLAIN,
  QUOTES,
  ROOT,
  SPACES,
  UNICODE,
  WINDOWS,
} from "./odd-files";

// A pattern of the schema is none in Unicode mode.
const ajv = addFormats(new Ajv({ strict: false, allErrors: true, unicodeRegExp: false }));
const isValid = ajv.compile(schema);

function logOf(
  files: readonly GatewayFile[],
  findings: readonly Finding[],
  suppressed?: readonly SuppressedFinding[],
): Log {
  return JSON.parse(renderSarif(files, findings, ROOT, suppressed));
}

function runOf(...of: Parameters<typeof logOf>): Run {
  const [run] = logOf(...of).runs;
  if (run === undefined) throw new Error("the log has no run");
  return run;
}

const resultsOf = (...of: Parameters<typeof logOf>): Result[] => runOf(...of).results ?? [];
const regionOf = (result: Result | undefined) => result?.locations?.[0]?.physicalLocation?.region;
const uriOf = (result: Result | undefined) => result?.locations?.[0]?.physicalLocation?.artifactLocation?.uri;
const suppressedPlain: SuppressedFinding = { finding: PLAIN, reason: "The target counts by the year." };

test.each<[string, Parameters<typeof logOf>]>([
  ["no files", [[], []]],
  ["one clean file", [[CLEAN], []]],
  ["odd files with many findings", [ODD_FILES, ODD_FINDINGS]],
  ["a suppressed finding", [ODD_FILES, findingsIn(...ODD_FILES), [suppressedPlain]]],
  ["a file outside of the root", [[{ ...EMPTY, file: "/else where/ü.yaml" }], []]],
])("the log of %s fits the JSON Schema of SARIF 2.1.0 (its release candidate 5, by Microsoft)", (_, of) => {
  isValid(logOf(...of));
  expect(isValid.errors ?? []).toEqual([]);
});

test("the schema does refuse what is no SARIF", () => {
  const log = logOf([EMPTY], findingsIn(EMPTY));
  expect(isValid({ ...log, version: "2.0.0" })).toBe(false);
  expect(isValid({ ...log, runs: [{ ...log.runs[0], columnKind: "bytes" }] })).toBe(false);
});

test("the tool is named with its version and has every rule, whether or not it found something", () => {
  const { driver } = runOf([CLEAN], []).tool;
  expect(driver).toMatchObject({ name: "sluice", version: VERSION });
  expect(driver.rules?.map(({ id, name, defaultConfiguration }) => [id, name, defaultConfiguration?.level])).toEqual(
    RULES.map(({ id, name, severity }) => [id, name, severity]),
  );
});

test("each rule brings its page: a sentence, a paragraph and the whole, within what GitHub code scanning takes", () => {
  const rules = runOf([], []).tool.driver.rules ?? [];
  for (const { name, shortDescription, fullDescription, help } of rules) {
    expect(shortDescription?.text).toMatch(/^[^`\n]+\.$/);
    expect(fullDescription?.text.startsWith(shortDescription?.text ?? "?")).toBe(true);
    expect(fullDescription?.text.length).toBeLessThanOrEqual(1024);
    expect(help?.text).not.toMatch(/`|^##/m);
    expect(help?.markdown).toMatch(new RegExp(`^# SL\\d+ ${name}\n`));
  }
  expect(rules.find(({ name }) => name === "name-not-file")?.help?.text).toContain(
    "Wrong\n\n# gateways/companies.yaml\nname: companies-house\n",
  );
});

test("a result says which rule, how grave, what, why and how to mend it", () => {
  const [result] = resultsOf(
    [SPACES],
    findingsIn(SPACES).filter(({ name }) => name === "bare-number"),
  );
  expect(result).toMatchObject({ ruleId: "SL004", level: "error" });
  expect(RULES[result?.ruleIndex ?? -1]?.id).toBe("SL004");
  expect(result?.message.text).toBe(
    "A duration needs a unit. 2 could be 2 ms or 2 s, and the gateway's timing is computed from it.\nWrite 2ms or 2s. Units: ms, s, m, h, d.",
  );
});

test("a finding of one message and no hint is that message", () => {
  expect(resultsOf([EMOJI], [PLAIN])[0]?.message.text).toBe(PLAIN.message);
});

test("nothing that GitHub code scanning requires is missing or empty", () => {
  for (const result of resultsOf(ODD_FILES, ODD_FINDINGS)) {
    const { artifactLocation, region } = result.locations?.[0]?.physicalLocation ?? {};
    const texts = [result.message.text, artifactLocation?.uri, result.partialFingerprints?.primaryLocationLineHash];
    for (const text of texts) expect(text).toMatch(/./);
    for (const key of ["startLine", "startColumn", "endLine", "endColumn"] as const) {
      expect(region?.[key]).toBeGreaterThanOrEqual(1);
    }
  }
});

test("regions are lines and columns from 1, in units of UTF-16, the end exclusive: they cut out what was found", () => {
  expect(runOf([], []).columnKind).toBe("utf16CodeUnits");
  const files = new Map(ODD_FILES.map(({ file, text }) => [file, text]));
  const ordered = [...ODD_FINDINGS].sort(
    (one, other) =>
      ODD_FILES.findIndex(({ file }) => file === one.file) - ODD_FILES.findIndex(({ file }) => file === other.file) ||
      one.range[0] - other.range[0],
  );
  const cut = resultsOf(ODD_FILES, ODD_FINDINGS).map((result, index) => {
    const text = files.get(ordered[index]?.file ?? "") ?? "";
    const { startLine = 0, startColumn = 0, endLine, endColumn = 0 } = regionOf(result) ?? {};
    const line = text.replace(/^\uFEFF/, "").split(/\r?\n/)[startLine - 1];
    return endLine === startLine ? line?.slice(startColumn - 1, endColumn - 1) : "several lines";
  });
  const found = ordered.map(({ file, range }) =>
    files
      .get(file)
      ?.slice(...range)
      .replace(/^\uFEFF/, ""),
  );
  expect(cut.length).toBeGreaterThan(8);
  expect(cut).toEqual(found);
});

test("a byte order mark takes no column, an emoji two, and an empty file has a first column", () => {
  const startOf = (file: GatewayFile, rule: string) => {
    const region = regionOf(
      resultsOf(
        [file],
        findingsIn(file).filter(({ name }) => name === rule),
      )[0],
    );
    return [region?.startLine, region?.startColumn, region?.endColumn];
  };
  expect(startOf(MARKED, "unknown-key")).toEqual([1, 1, 8]);
  expect(startOf(WINDOWS, "bare-number")).toEqual([5, 28, 29]);
  expect(startOf(EMOJI, "bare-number")).toEqual([5, 37, 38]);
  expect(startOf(EMPTY, "yaml-syntax")).toEqual([1, 1, 1]);
});

test("a file is a percent-encoded path from the root, and listed once among the artifacts", () => {
  const files = [SPACES, QUOTES, UNICODE, CLEAN];
  const run = runOf(files, findingsIn(...files));
  expect(run.artifacts?.map(({ location }) => location?.uri)).toEqual([
    "gateways/north%20sea/50%25%20off%2C%20a%3Ab.yaml",
    "gateways/%22it's%22%20%3C%26%3E%23%3F.yaml",
    "gateways/gr%C3%B6%C3%9Fe-%F0%9F%98%80.yaml",
    "gateways/weather.yaml",
  ]);
  expect(files.map(({ file }) => file)).toEqual(
    run.artifacts?.map(({ location }) => decodeURIComponent(location?.uri ?? "")),
  );
  for (const result of run.results ?? []) {
    const location = result.locations?.[0]?.physicalLocation?.artifactLocation;
    expect(location?.uriBaseId).toBe("%SRCROOT%");
    expect(run.artifacts?.[location?.index ?? -1]?.location).toEqual(location);
  }
  expect(Object.keys(run.originalUriBaseIds ?? {})).toEqual(["%SRCROOT%"]);
});

test("however a path was typed, its URI is the same; outside of the root it is whole", () => {
  const uriFor = (file: string) => runOf([{ file, text: "" }], []).artifacts?.[0]?.location;
  for (const file of ["a/b.yaml", "./a/b.yaml", "a/../a/b.yaml", resolve(ROOT, "a/b.yaml")]) {
    expect(uriFor(file)).toMatchObject({ uri: "a/b.yaml", uriBaseId: "%SRCROOT%" });
  }
  expect(uriFor("..a/b.yaml")).toMatchObject({ uri: "..a/b.yaml" });
  expect(uriFor("../a b.yaml")).toEqual({ uri: expect.stringMatching(/^file:\/\/\/.*a%20b\.yaml$/), index: 0 });
});

test("a finding keeps its fingerprints when its line moves, and one of them when its value changes", () => {
  const printsOf = (text: string) => {
    const file = { ...SPACES, text };
    return resultsOf(
      [file],
      findingsIn(file).filter(({ name }) => name === "bare-number"),
    )[0]?.partialFingerprints;
  };
  const before = printsOf(SPACES.text);
  expect(before).toEqual({
    primaryLocationLineHash: expect.stringMatching(/^[0-9a-f]+:1$/),
    "ruleAndPath/v1": expect.stringMatching(/^[0-9a-f]{16}:1$/),
  });
  expect(printsOf(`# moved\n\n${SPACES.text}`)).toEqual(before);
  expect(printsOf(SPACES.text.replaceAll("\n", "\r\n"))).toEqual(before);
  const changedPrints = printsOf(changed(SPACES.text, "timeout: 2 }", "timeout: 30 }"));
  expect(changedPrints?.["ruleAndPath/v1"]).toBe(before?.["ruleAndPath/v1"]);
});

test("a finding keeps its fingerprints when another of its rule appears above it", () => {
  const below: Finding = { ...PLAIN, range: [20, 21], path: ["jitter"] };
  const printsOf = (findings: readonly Finding[]) => resultsOf([EMOJI], findings).at(-1)?.partialFingerprints;
  expect(printsOf([PLAIN, below])).toEqual(printsOf([below]));
});

test("no two findings share the fingerprint of rule and path, not even two of one rule at one path", () => {
  const prints = resultsOf([...ODD_FILES], [...ODD_FINDINGS, { ...PLAIN, range: [8, 9] }]).map(
    ({ partialFingerprints }) => partialFingerprints?.["ruleAndPath/v1"],
  );
  expect(new Set(prints).size).toBe(prints.length);
});

test("a suppressed finding is a result with its reason, and the others say that they are not suppressed", () => {
  const findings = findingsIn(EMOJI);
  const results = resultsOf([EMOJI], findings, [suppressedPlain]);
  expect(results).toHaveLength(findings.length + 1);
  expect(results.map(({ suppressions }) => suppressions)).toEqual([
    [{ kind: "inSource", justification: "The target counts by the year." }],
    ...findings.map(() => []),
  ]);
  expect(resultsOf([EMOJI], findings).every((result) => !("suppressions" in result))).toBe(true);
});

test("to suppress a finding changes no fingerprint", () => {
  const twin = { ...PLAIN, range: [8, 9] } as const;
  const printsOf = (results: Result[]) => results.map(({ partialFingerprints }) => partialFingerprints);
  expect(printsOf(resultsOf([EMOJI], [twin], [suppressedPlain]))).toEqual(printsOf(resultsOf([EMOJI], [PLAIN, twin])));
});

test("the log of the same files is the same text, and nothing of this machine is in it", () => {
  const text = renderSarif(ODD_FILES, ODD_FINDINGS, ROOT);
  expect(renderSarif(ODD_FILES, ODD_FINDINGS, ROOT)).toBe(text);
  expect(text).not.toContain(ROOT);
  expect(uriOf(resultsOf([EMOJI], [PLAIN])[0])).toBe("gateways/emoji.yaml");
});

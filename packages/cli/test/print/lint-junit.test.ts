import type { Finding } from "@sluice/dsl";
import { renderFrame } from "@sluice/dsl";
import { SaxesParser } from "saxes";
import type { GatewayFile } from "../../src/files";
import { renderJunit } from "../../src/print/lint-junit";
import { CLEAN, CONTROL, EMOJI, findingsIn, ODD_FILES, ODD_FINDINGS, PLAIN, QUOTES, ROOT, SPACES } from "./odd-files";

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

/** Reads XML with a parser that refuses whatever is not well-formed. */
function readXml(xml: string): Element {
  const top: Element = { name: "", attributes: {}, children: [], text: "" };
  const open = [top];
  const parser = new SaxesParser();
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", ({ name, attributes }) => {
    const element: Element = { name, attributes: { ...attributes }, children: [], text: "" };
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  parser.on("text", (text) => {
    const element = open.at(-1);
    if (element) element.text += text;
  });
  parser.on("closetag", () => void open.pop());
  parser.write(xml).close();
  const [root] = top.children;
  if (root === undefined) throw new Error("no element");
  return root;
}

const reportOf = (files: readonly GatewayFile[], findings: readonly Finding[]): Element =>
  readXml(renderJunit(files, findings, ROOT));

const casesOf = (report: Element): Element[] => report.children.flatMap(({ children }) => children);
const isFailed = ({ children }: Element): boolean => children.some(({ name }) => name === "failure");

/** What an element says of its test cases, and what they are. */
const countsOf = ({ attributes }: Element, cases: readonly Element[]) => ({
  said: [attributes.tests, attributes.failures, attributes.errors, attributes.skipped].map(Number),
  counted: [cases.length, cases.filter(isFailed).length, 0, 0],
});

test("each file is a suite, each of its findings a test that failed", () => {
  const findings = findingsIn(SPACES);
  const [suite] = reportOf([SPACES], findings).children;
  expect(suite).toMatchObject({ name: "testsuite", attributes: { name: SPACES.file } });
  expect(suite?.children.map(({ name, attributes }) => ({ name, ...attributes }))).toEqual(
    findings.map(({ rule, name, path }) => ({
      name: `${rule} ${name}: ${path.join(".")}`,
      classname: SPACES.file,
      file: SPACES.file,
    })),
  );
});

test("a failure says what and how grave, and shows the frame without colours", () => {
  const [finding] = findingsIn(SPACES).filter(({ name }) => name === "bare-number");
  if (finding === undefined) throw new Error("nothing found");
  const [failed] = casesOf(reportOf([SPACES], [finding]));
  const [failure] = failed?.children ?? [];
  expect(failed?.attributes.name).toBe("SL004 bare-number: tiers.0.timeout");
  expect(failure).toMatchObject({ name: "failure", attributes: { message: finding.message, type: "error" } });
  expect(failure?.text).toBe(renderFrame(finding, SPACES.text));
  expect(casesOf(reportOf([EMOJI], [PLAIN]))[0]?.children[0]?.attributes.type).toBe("warning");
});

test("a file without findings is one test that passed", () => {
  const report = reportOf([CLEAN, { ...CLEAN, file: "gateways/other.yaml" }], []);
  expect(report.attributes).toMatchObject({ tests: "2", failures: "0" });
  expect(casesOf(report).map(({ attributes, children }) => [attributes.name, children.length])).toEqual([
    ["nothing wrong", 0],
    ["nothing wrong", 0],
  ]);
});

test.each<[string, readonly GatewayFile[], readonly Finding[]]>([
  ["no files", [], []],
  ["one clean file", [CLEAN], []],
  ["odd files with many findings", ODD_FILES, ODD_FINDINGS],
])("the counts of %s are those of its suites and tests", (_, files, findings) => {
  const report = reportOf(files, findings);
  expect(report).toMatchObject({ name: "testsuites", attributes: { name: "sluice lint" } });
  expect(report.children.map(({ attributes }) => attributes.name)).toEqual(files.map(({ file }) => file));
  for (const [element, cases] of [
    [report, casesOf(report)] as const,
    ...report.children.map((suite) => [suite, suite.children] as const),
  ]) {
    const { said, counted } = countsOf(element, cases);
    expect(said).toEqual(counted);
  }
  expect(casesOf(report).filter(isFailed)).toHaveLength(findings.length);
});

test("no two tests of a file have one name: GitLab would leave out the second", () => {
  const cases = casesOf(reportOf(ODD_FILES, [...ODD_FINDINGS, PLAIN, PLAIN]));
  const names = cases.map(({ attributes }) => `${attributes.classname} ${attributes.name}`);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toContain(`${EMOJI.file} SL004 bare-number: version (2)`);
});

test("a test keeps its name when its line moves", () => {
  const namesOf = (text: string) => {
    const file = { ...SPACES, text };
    return casesOf(reportOf([file], findingsIn(file))).map(({ attributes }) => attributes.name);
  };
  expect(namesOf(`# moved\n${SPACES.text}`)).toEqual(namesOf(SPACES.text));
});

test("what XML has no way to write is replaced, and what it escapes comes out again", () => {
  const findings = findingsIn(CONTROL).filter(({ name }) => name === "bare-number");
  expect(CONTROL.text).toContain("\u001b");
  const [failed] = casesOf(reportOf([CONTROL], findings));
  expect(failed?.children[0]?.text).toContain("timeout: 2 } # \uFFFD[31m ]]>");
  const message = `<&>"' ]]> \u0000 \uD83D 😀`;
  const [odd] = casesOf(reportOf([QUOTES], [{ ...PLAIN, file: QUOTES.file, message }]));
  expect(odd?.attributes.file).toBe(QUOTES.file);
  expect(odd?.children[0]?.attributes.message).toBe(`<&>"' ]]> \uFFFD \uFFFD 😀`);
});

import { type Finding, renderFrame } from "@sluice/dsl";
import { create, type XMLElement } from "xmlbuilder";
import type { GatewayFile } from "../files";
import { locate } from "./paths";

/** A finding's place in the report: as a test that failed, under a name that no other test of its file has. */
interface Failure {
  readonly name: string;
  readonly finding: Finding;
}

/**
 * A JUnit report: each file a suite, each finding a test of it that failed, and a file without findings one test that
 * passed. A test's name comes from the rule and the place in the document, so that it stays when a line moves.
 *
 * @param root the absolute path of the repository's root, or what stands for it
 */
export function renderJunit(files: readonly GatewayFile[], findings: readonly Finding[], root: string): string {
  const suites = files.map((file) => ({ file, failures: failuresIn(file, findings) }));
  // XML 1.0 has no way to write a control character, not even escaped.
  const report = create("testsuites", { encoding: "UTF-8", invalidCharReplacement: "\uFFFD" });
  report.att({ name: "sluice lint", ...countsOf(suites.map(({ failures }) => failures)) });
  for (const { file, failures } of suites) addSuite(report, file, failures, root);
  return report.end({ pretty: true });
}

function addSuite(report: XMLElement, { file, text }: GatewayFile, failures: readonly Failure[], root: string): void {
  const { path } = locate(file, root);
  const suite = report.ele("testsuite", { name: path, ...countsOf([failures]) });
  if (failures.length === 0) suite.ele("testcase", { classname: path, name: "nothing wrong", file: path });
  for (const { name, finding } of failures) {
    suite
      .ele("testcase", { classname: path, name, file: path })
      .ele("failure", { message: finding.message, type: finding.severity })
      .txt(renderFrame(finding, text));
  }
}

/** A suite without a failure has one test, which passed. */
function countsOf(suites: readonly (readonly Failure[])[]) {
  const failures = suites.flat().length;
  const passed = suites.filter((suite) => suite.length === 0).length;
  return { tests: failures + passed, failures, errors: 0, skipped: 0 };
}

function failuresIn({ file }: GatewayFile, findings: readonly Finding[]): Failure[] {
  const seen = new Map<string, number>();
  return findings
    .filter((finding) => finding.file === file)
    .map((finding) => {
      const place = finding.path.length > 0 ? `: ${finding.path.join(".")}` : "";
      const name = `${finding.rule} ${finding.name}${place}`;
      const count = (seen.get(name) ?? 0) + 1;
      seen.set(name, count);
      return { name: count === 1 ? name : `${name} (${count})`, finding };
    });
}

import { lintGateways } from "@sluice/dsl";
import { expectFinding, expectNothing, lint, wholeFile } from "../source";

const LARGE = "jitter: 600ms";

test("a comment behind a line answers what is found there, and its reason is kept", () => {
  const text = wholeFile(`${LARGE} # sluice-ignore jitter-too-large: the path is a satellite`);
  const { findings, suppressed } = lintGateways([{ file: "gateways/test.yaml", text }]);
  expect(findings).toEqual([]);
  expect(suppressed).toEqual([
    { finding: expect.objectContaining({ name: "jitter-too-large" }), reason: "the path is a satellite" },
  ]);
});

test.each([
  ["above its line", `# sluice-ignore jitter-too-large: satellite\n${LARGE}`],
  ["above other comments and an empty line", `# sluice-ignore jitter-too-large: satellite\n# more\n\n${LARGE}`],
  ["by the rule's number", `${LARGE} # sluice-ignore SL017: satellite`],
  ["for the whole file", `description: x\n# sluice-ignore-file jitter-too-large: satellite\nowner: y\n${LARGE}`],
  ["in a file with CRLF", `# sluice-ignore jitter-too-large: satellite\r\n${LARGE}\r`],
])("a comment answers %s", (_, snippet) => {
  expect(lint(wholeFile(snippet))).toEqual([]);
});

test.each([
  ["on another line", `# sluice-ignore jitter-too-large: satellite\ndescription: x\n${LARGE}`],
  ["in quotes", `description: "# sluice-ignore-file jitter-too-large: satellite"\n${LARGE}`],
  ["in a block of text", `description: |\n  # sluice-ignore-file jitter-too-large: satellite\n${LARGE}`],
  ["without a reason", `${LARGE} # sluice-ignore jitter-too-large`],
])("a comment %s answers nothing", (_, snippet) => {
  expect(lint(wholeFile(snippet)).map(({ name }) => name)).toContain("jitter-too-large");
});

test("a comment without a reason is told so", () => {
  expectFinding("bad-suppression", `${LARGE} # sluice-ignore ~~~jitter-too-large~~~`, { message: "reason is missing" });
});

test("a comment that names no rule is told so, with the likely one", () => {
  expectFinding("bad-suppression", `${LARGE} # sluice-ignore ~~~jitter-to-large~~~: satellite`, {
    hint: "Did you mean jitter-too-large?",
  });
  expectFinding("bad-suppression", `${LARGE} ~~~# sluice-ignore~~~`, { message: "no rule without a name" });
});

test("a comment that answers nothing is told so", () => {
  expectFinding("bad-suppression", "concurrency: 4 # sluice-ignore ~~~jitter-too-large~~~: satellite", {
    message: "finds nothing here",
  });
});

test("what cannot be kept cannot be answered", () => {
  const drawn = "# sluice-ignore ~~~not-yet~~~: we know\nquota: { calls: 5000/d, resets: 00:00 UTC }";
  expectFinding("bad-suppression", drawn, { message: "cannot be answered" });
  expect(lint(wholeFile(drawn.replaceAll("~~~", ""))).map(({ name }) => name)).toContain("not-yet");
});

test("an error that a person may judge can be answered", () => {
  const endpoint = "endpoint: { adapter: http, url: https://x.org, headers: { X-Api-Key: demo } }";
  expect(lint(wholeFile(`${endpoint} # sluice-ignore secret-in-clear: the public demo key`))).toEqual([]);
});

test("a file that cannot be read has no answered comments to speak of", () => {
  expectNothing("bad-suppression", "a: [ # just a comment", { whole: true });
});

import { renderGithub } from "../../src/print/lint-github";
import { changed, WEATHER } from "../gateway-text";
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
  WINDOWS,
} from "./odd-files";

interface Command {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly message: string;
}

/** Reads a workflow command as the documentation of GitHub Actions has it: `::name key=value,key=value::message`. */
function readCommand(line: string): Command {
  const [, name = "", list = "", message = ""] = /^::(\w+) (.*?)::(.*)$/.exec(line) ?? [];
  const pairs = list.split(",").map((pair) => {
    const [key = "", ...value] = pair.split("=");
    return [key, readEscaped(value.join("="))] as const;
  });
  return { name, properties: Object.fromEntries(pairs), message: readEscaped(message) };
}

const ESCAPED: Readonly<Record<string, string>> = { "%25": "%", "%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": "," };
const readEscaped = (text: string): string => text.replace(/%(25|0D|0A|3A|2C)/g, (escaped) => ESCAPED[escaped] ?? "");

const commandsOf = (...of: Parameters<typeof renderGithub>): Command[] =>
  renderGithub(...of)
    .split("\n")
    .map(readCommand);

test("a finding is one line, which GitHub shows as an annotation of its place", () => {
  const findings = findingsIn(SPACES).filter(({ name }) => name === "bare-number");
  expect(renderGithub([SPACES], findings, ROOT)).toBe(
    "::error file=gateways/north sea/50%25 off%2C a%3Ab.yaml,line=5,endLine=5,col=28,endColumn=29,title=SL004 bare-number::" +
      "A duration needs a unit. 2 could be 2 ms or 2 s, and the gateway's timing is computed from it.%0A" +
      "Write 2ms or 2s. Units: ms, s, m, h, d.",
  );
});

test("every finding of every file comes out again as it went in, whatever stands in its file's name and words", () => {
  const commands = commandsOf(ODD_FILES, ODD_FINDINGS, ROOT);
  expect(commands).toHaveLength(ODD_FINDINGS.length);
  expect(commands.map(({ name, properties, message }) => [name, properties.file, properties.title, message])).toEqual(
    ODD_FINDINGS.map(({ severity, file, rule, name, message, hint }) => [
      severity,
      file,
      `${rule} ${name}`,
      hint === "" ? message : `${message}\n${hint}`,
    ]),
  );
});

test("a message's percent signs and line breaks are escaped, and its colons and commas are not", () => {
  const message = "a%0Ab: c,\r\nd::e";
  expect(renderGithub([EMOJI], [{ ...PLAIN, message }], ROOT)).toMatch(/::a%250Ab: c,%0D%0Ad::e$/);
  expect(commandsOf([EMOJI], [{ ...PLAIN, message }], ROOT)[0]?.message).toBe(message);
});

test("a file's name cannot end its property, nor begin a command", () => {
  const file = "a,line=1::error::b\n::error::c%2C.yaml";
  expect(renderGithub([{ file, text: "" }], [{ ...PLAIN, file }], ROOT)).toContain(
    " file=a%2Cline=1%3A%3Aerror%3A%3Ab%0A%3A%3Aerror%3A%3Ac%252C.yaml,",
  );
});

test("a finding over several lines has no columns: GitHub takes them on one line only", () => {
  const [text, first] = [changed(WEATHER, "rateLimit: 5/s", "rateLimit:\n  - 5"), 0];
  const file = { ...CLEAN, text };
  const [command] = commandsOf([file], [{ ...PLAIN, file: file.file, range: [first, text.length - 1] }], ROOT);
  expect(Object.keys(command?.properties ?? {})).toEqual(["file", "line", "endLine", "title"]);
});

test("columns are units of UTF-16 from 1; a byte order mark is none, and Windows' line breaks move nothing", () => {
  const placeOf = (file: typeof CLEAN, rule: string) => {
    const findings = findingsIn(file).filter(({ name }) => name === rule);
    const { line, col, endColumn } = commandsOf([file], findings, ROOT)[0]?.properties ?? {};
    return [line, col, endColumn];
  };
  expect(placeOf(MARKED, "unknown-key")).toEqual(["1", "1", "8"]);
  expect(placeOf(WINDOWS, "bare-number")).toEqual(["5", "28", "29"]);
  expect(placeOf(EMPTY, "yaml-syntax")).toEqual(["1", "1", "1"]);
  const text = 'x: "😀" # y';
  const [behind] = commandsOf([{ ...EMOJI, text }], [{ ...PLAIN, range: [text.indexOf("y"), text.length] }], ROOT);
  expect(behind?.properties).toMatchObject({ line: "1", col: "11", endColumn: "12" });
});

test("a warning is a warning", () => {
  expect(renderGithub([EMOJI], [PLAIN], ROOT)).toMatch(/^::warning /);
});

test("without findings there is no text", () => {
  expect(renderGithub([CLEAN, QUOTES], [], ROOT)).toBe("");
  expect(renderGithub([], [], ROOT)).toBe("");
});

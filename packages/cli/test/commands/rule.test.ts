import { RULES } from "@sluice/dsl";
import pico from "picocolors";
import { renderRule } from "../../src/print/rule";
import { changed, WEATHER } from "../gateway-text";
import { newSession, type Session } from "../session";

let session: Session;
beforeEach(() => {
  session = newSession();
});
afterEach(() => session.close());

test("rule prints why, wrong and right, without the marks of Markdown", async () => {
  expect(await session.run("rule bare-number")).toEqual({
    code: 0,
    stderr: "",
    stdout: `SL004 bare-number  error

A number without its unit has two readings that differ by a factor of sixty or a thousand, and the
gateway's timing is computed from it. So the unit is part of every value: \`ms\`, \`s\`, \`m\`, \`h\`, \`d\`;
a rate has its window, a share its percent sign.

Wrong

    jitter: 50

Right

    jitter: 50ms
`,
  });
});

test.each(["SL004", "sl004", "SL4", "4", "BARE-NUMBER"])("%s is bare-number too", async (asked) => {
  expect((await session.run(`rule ${asked}`)).stdout).toMatch(/^SL004 bare-number/);
});

test("a rule that a comment may answer says how", async () => {
  expect((await session.run("rule idle-limit")).stdout).toMatch(/\n {4}# sluice-ignore idle-limit: reason\n$/);
});

test("rule without a name lists them all, each with its first sentence", async () => {
  const { code, stdout } = await session.run("rule");
  expect(code).toBe(0);
  expect(stdout.match(/^SL\d{3} .*$/gm)).toHaveLength(RULES.length);
  expect(stdout).toMatch(/^SL004 {2}bare-number +error +A number without its unit/m);
});

test("--format json gives a page as Markdown, and the list as facts", async () => {
  const facts = {
    ...{ rule: "SL004", name: "bare-number", severity: "error", isSuppressible: false },
    summary: expect.stringMatching(/^A number without its unit .*\.$/),
    docs: "docs/rules/bare-number.md",
  };
  const markdown = expect.stringMatching(/^# SL004 bare-number\n/);
  const page = JSON.parse((await session.run("rule SL004 --format json")).stdout);
  expect(page).toEqual({ version: 1, ...facts, markdown });
  const list = JSON.parse((await session.run("rule --format json")).stdout);
  expect(list.rules).toHaveLength(RULES.length);
  expect(list.rules).toContainEqual(facts);
});

test.each([
  ["bare-numbr", "There is no rule bare-numbr. Did you mean bare-number? All of them: sluice rule\n"],
  ["SL999", "There is no rule SL999. All of them: sluice rule\n"],
  ["LD003", "LD003 is a finding in a load file. Those are listed in docs/simulate.md, under Findings.\n"],
])("%s is no rule, and what may have been meant is told", async (asked, sentence) => {
  expect(await session.run(`rule ${asked}`)).toEqual({ code: 2, stdout: "", stderr: `sluice: ${sentence}` });
});

test("where there are colours, code is coloured and keeps no marks", () => {
  const rule = RULES.find(({ name }) => name === "bare-number");
  if (rule === undefined) throw new Error("there is no rule bare-number");
  const text = renderRule(rule, { colors: pico.createColors(true), width: 100, program: "sluice" });
  expect(text).toContain(pico.createColors(true).cyan("ms"));
  expect(text).not.toContain("`");
});

test("every page is printed whole: all of its words in their order", async () => {
  for (const { name } of RULES) {
    const { stdout } = await session.run(`rule ${name}`);
    const page = JSON.parse((await session.run(`rule ${name} --format json`)).stdout).markdown as string;
    const words = (text: string) => text.split(/\s+/).filter((word) => !/^(#*|```.*)$/.test(word));
    const said = words(page).slice(2);
    expect(words(stdout).slice(3, 3 + said.length)).toEqual(said);
  }
});

test("the command that a finding names prints the rule's page", async () => {
  await session.write("weather.yaml", changed(WEATHER, "timeout: 2m", "timeout: 2"));
  const { stdout } = await session.run("lint weather.yaml");
  const [, words = ""] = /^More: sluice (.*)$/m.exec(stdout) ?? [];
  expect((await session.run(words)).stdout).toMatch(/^SL004 bare-number/);
});

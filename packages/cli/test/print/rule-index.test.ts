import { readFileSync } from "node:fs";
import { join } from "node:path";
import { RULES } from "@sluice/dsl";
import { renderPageTexts, renderRuleIndex } from "../../src/print/rule-index";
import { readPage, withoutMarkdown } from "../../src/print/rule-pages";

const ROOT = join(__dirname, "..", "..", "..", "..");
const read = (...path: string[]): string => readFileSync(join(ROOT, ...path), "utf8");
const pages = Object.fromEntries(RULES.map(({ name }) => [name, read("docs", "rules", `${name}.md`)]));

test("the committed index of the rules is the one that the rules and their pages give", () => {
  expect(read("docs", "rules", "README.md")).toBe(renderRuleIndex(RULES, pages));
});

test("the committed texts of the pages are the pages", () => {
  expect(read("packages", "cli", "src", "print", "rule-page-texts.ts")).toBe(renderPageTexts(RULES, pages));
});

test("the index has one row for each rule: id, name with a link to its page, severity, first sentence", () => {
  const pages = { "bare-number": "# SL004 bare-number\n\nA | B or\n`C.d`: one. And two.\n\n## Wrong\n" };
  const rules = RULES.filter(({ name }) => name === "bare-number");
  expect(renderRuleIndex(rules, pages).split("\n")).toContain(
    "| SL004 | [bare-number](bare-number.md) | error | A \\| B or `C.d`: one. |",
  );
});

test("a page is a title, why, and examples; a sentence ends at a full stop and a space", () => {
  const markdown = "# SL1 x\n\nUse `a.b` or\n1.5s. Why not.\n\n## Wrong\n\n```yaml\n# a comment\na: 1\n```\n";
  expect(readPage(markdown)).toEqual({ markdown, why: "Use `a.b` or 1.5s. Why not.", summary: "Use `a.b` or 1.5s." });
  expect(withoutMarkdown(markdown)).toBe("SL1 x\n\nUse a.b or\n1.5s. Why not.\n\nWrong\n\n# a comment\na: 1");
});

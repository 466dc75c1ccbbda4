import { RULE_PAGES } from "./rule-page-texts";

/** Where a rule is explained, from the root of the repository. */
export const pagePath = (name: string): string => `docs/rules/${name}.md`;

/** A rule's page in its parts, all of them Markdown. */
export interface RulePage {
  /** The whole page. */
  readonly markdown: string;
  /** What stands before the examples, on one line. */
  readonly why: string;
  /** The first sentence of it. */
  readonly summary: string;
}

/** The page of a rule, as it was when the pages were last collected. */
export function pageOf(name: string): RulePage {
  const markdown = RULE_PAGES[name];
  if (markdown === undefined) throw new Error(`no page was collected for the rule ${name}: run write-rule-pages.js`);
  return readPage(markdown);
}

/** Reads a page: a title, why, and examples under second titles. */
export function readPage(markdown: string): RulePage {
  const [intro = ""] = markdown.replace(/^# .*\n/, "").split(/^## /m);
  const why = intro.replace(/\s+/g, " ").trim();
  const [summary = why] = /^.*?\.(?=\s|$)/.exec(why) ?? [];
  return { markdown, why, summary };
}

/** The same words where Markdown is not read. Between fences stands YAML, whose `#` is no title. */
export const withoutMarkdown = (markdown: string): string =>
  markdown
    .split(/^```.*\n/m)
    .map((part, index) => (index % 2 === 1 ? part : part.replace(/^#+ /gm, "").replaceAll("`", "")))
    .join("")
    .trim();

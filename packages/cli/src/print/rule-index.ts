import type { RULES } from "@sluice/dsl";
import { readPage } from "./rule-pages";

type Rules = typeof RULES;

/** The Markdown of a page by the rule's name. */
export type PageTexts = Readonly<Record<string, string>>;

const COMMAND = "node packages/cli/lib/write-rule-pages.js";

/** docs/rules/README.md: every rule with its severity and the first sentence of its page. */
export function renderRuleIndex(rules: Rules, pages: PageTexts): string {
  const rows = rules.map(({ id, name, severity }) => {
    const { summary } = readPage(pages[name] ?? "");
    return `| ${id} | [${name}](${name}.md) | ${severity} | ${summary.replaceAll("|", "\\|")} |`;
  });
  return `${[
    "# Rules",
    "",
    "What `sluice lint` looks for. Each page says why, then what is wrong and what is right.",
    "",
    "| rule | name | severity | in a sentence |",
    "| --- | --- | --- | --- |",
    ...rows,
    "",
    `This list is written by \`${COMMAND}\` from the rules and the first sentence of each page.`,
  ].join("\n")}\n`;
}

/** The source file that carries the pages to where there is no docs folder. */
export function renderPageTexts(rules: Rules, pages: PageTexts): string {
  const entries = rules.map(({ name }) => `  ${JSON.stringify(name)}: ${JSON.stringify(pages[name] ?? "")},`);
  return `${[
    `// biome-ignore-all format: written by ${COMMAND}`,
    "// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the language's own braces",
    "",
    "/** The pages of docs/rules by the rule's name, for the formats that carry a rule's help with them. */",
    "export const RULE_PAGES: Readonly<Record<string, string>> = {",
    ...entries,
    "};",
  ].join("\n")}\n`;
}

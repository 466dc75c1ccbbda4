import type { RULES } from "@sluice/dsl";
import type { Colors, Look } from "../io";
import { pageOf, pagePath } from "./rule-pages";
import { renderTable } from "./table";
import { wrap } from "./words";

type Rule = (typeof RULES)[number];

/** All rules with the first sentence of their pages. */
export function renderRules(rules: readonly Rule[], { colors, width, program }: Look): string {
  const rows = rules.map(({ id, name, severity }) => [
    id,
    name,
    severity === "error" ? colors.red(severity) : colors.yellow(severity),
    coded(pageOf(name).summary, colors),
  ]);
  const table = renderTable({ head: ["rule", "name", "severity", "in a sentence"], rows, width }, colors);
  return `${table}\n\n${colors.dim(`Why, with an example of wrong and of right: ${program} rule NAME`)}`;
}

/** A rule's page for a terminal: its Markdown without the marks. */
export function renderRule({ id, name, severity, isSuppressible }: Rule, { colors, width }: Look): string {
  const paint = severity === "error" ? colors.red : colors.yellow;
  const blocks = blocksOf(pageOf(name).markdown).slice(1);
  return [
    `${colors.bold(`${id} ${name}`)}  ${paint(severity)}`,
    ...blocks.map((block) => renderBlock(block, colors, width)),
    ...(isSuppressible ? [`Where it is wrong, a comment answers it:\n\n    # sluice-ignore ${name}: reason`] : []),
  ].join("\n\n");
}

/** What a page is made of. */
type Block = { readonly kind: "title" | "text" | "code"; readonly text: string };

/** Between empty lines; code is whole, whatever is in it. */
function blocksOf(markdown: string): Block[] {
  return markdown.split(/^```.*\n/m).flatMap((part, index): Block[] => {
    if (index % 2 === 1) return [{ kind: "code", text: part.trimEnd() }];
    const texts = part.split(/\n{2,}/).map((text) => text.trim());
    return texts
      .filter((text) => text !== "")
      .map((text) =>
        text.startsWith("#") ? { kind: "title", text: text.replace(/^#+ /, "") } : { kind: "text", text },
      );
  });
}

function renderBlock({ kind, text }: Block, colors: Colors, width: number): string {
  switch (kind) {
    case "title":
      return text === "Wrong" ? colors.red(text) : text === "Right" ? colors.green(text) : colors.bold(text);
    case "code":
      return text.replace(/^(?=.)/gm, "    ").replace(/#.*$/gm, colors.dim);
    case "text":
      return coded(wrap(text.replace(/\s+/g, " "), width), colors);
  }
}

/** Code within a text: in colour where there are colours, between its marks where there are none. */
const coded = (text: string, colors: Colors): string =>
  colors.isColorSupported ? text.replace(/`([^`]+)`/g, (_, code: string) => colors.cyan(code)) : text;

interface RuleJson {
  readonly rule: string;
  readonly name: string;
  readonly severity: Rule["severity"];
  /** Whether a comment with a reason may answer its findings. */
  readonly isSuppressible: boolean;
  readonly summary: string;
  /** The rule's page, from the root of the repository. */
  readonly docs: string;
}

/** What `rule --format json` prints of one rule: what is known of it, and its page as Markdown. */
export const ruleJson = (rule: Rule): RuleJson & { readonly version: 1; readonly markdown: string } => ({
  version: 1,
  ...factsOf(rule),
  markdown: pageOf(rule.name).markdown,
});

/** What `rule --format json` prints without a name. */
export const rulesJson = (rules: readonly Rule[]): { readonly version: 1; readonly rules: readonly RuleJson[] } => ({
  version: 1,
  rules: rules.map(factsOf),
});

const factsOf = ({ id, name, severity, isSuppressible }: Rule): RuleJson => ({
  ...{ rule: id, name, severity, isSuppressible },
  summary: pageOf(name).summary,
  docs: pagePath(name),
});

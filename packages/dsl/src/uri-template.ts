/** A variable of an RFC 6570 template, with its place in the text. */
export interface TemplateVariable {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** What is wrong in a template, with its place. */
export interface TemplateProblem {
  readonly problem: "unclosed" | "stray" | "empty" | "operator" | "unencoded" | "variable" | "character";
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** An RFC 6570 template taken apart. */
export interface UriTemplate {
  readonly variables: readonly TemplateVariable[];
  readonly problems: readonly TemplateProblem[];
}

const VARIABLE = /^([A-Za-z0-9_]|%[0-9A-Fa-f]{2})([A-Za-z0-9_.]|%[0-9A-Fa-f]{2})*(:[1-9][0-9]{0,3}|\*)?$/;
const FORBIDDEN = /[\s"'<>\\^`|]|%(?![0-9A-Fa-f]{2})/g;

/**
 * Takes an RFC 6570 template apart. The operators `+` and `#` are refused although the RFC has them: they do not
 * percent-encode, so a value of the request could reach another path of the target.
 */
export function parseUriTemplate(template: string): UriTemplate {
  const variables: TemplateVariable[] = [];
  const problems: TemplateProblem[] = [];
  let at = 0;
  while (at < template.length) {
    const open = template.indexOf("{", at);
    const literalEnd = open < 0 ? template.length : open;
    problems.push(...literalProblems(template, at, literalEnd));
    if (open < 0) break;
    const close = template.indexOf("}", open);
    if (close < 0) {
      problems.push({ problem: "unclosed", text: "{", start: open, end: open + 1 });
      break;
    }
    readExpression(template, open, close, variables, problems);
    at = close + 1;
  }
  return { variables, problems };
}

function literalProblems(template: string, start: number, end: number): TemplateProblem[] {
  const literal = template.slice(start, end);
  const place = (found: RegExpMatchArray) => ({
    text: found[0],
    start: start + (found.index ?? 0),
    end: start + (found.index ?? 0) + found[0].length,
  });
  return [
    ...[...literal.matchAll(/\}/g)].map((found) => ({ problem: "stray" as const, ...place(found) })),
    ...[...literal.matchAll(FORBIDDEN)].map((found) => ({ problem: "character" as const, ...place(found) })),
  ];
}

function readExpression(
  template: string,
  open: number,
  close: number,
  variables: TemplateVariable[],
  problems: TemplateProblem[],
): void {
  const inner = template.slice(open + 1, close);
  const operator = /^[^A-Za-z0-9_%]/.exec(inner)?.[0] ?? "";
  const whole = { start: open, end: close + 1 };
  if (inner === "") problems.push({ problem: "empty", text: "{}", ...whole });
  else if (operator === "+" || operator === "#") problems.push({ problem: "unencoded", text: operator, ...whole });
  else if (operator !== "" && !"./;?&".includes(operator))
    problems.push({ problem: "operator", text: operator, ...whole });
  else readVariables(inner.slice(operator.length), open + 1 + operator.length, variables, problems);
}

function readVariables(list: string, from: number, variables: TemplateVariable[], problems: TemplateProblem[]): void {
  let start = from;
  for (const text of list.split(",")) {
    const end = start + text.length;
    const name = text.replace(/(:[0-9]+|\*)$/, "");
    if (VARIABLE.test(text)) variables.push({ name, start, end: start + name.length });
    else problems.push({ problem: "variable", text, start, end });
    start = end + 1;
  }
}

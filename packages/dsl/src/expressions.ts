/** An expression stands alone in its string, between these braces. */
export const EXPRESSION_PATTERN = /^\s*\{%[\s\S]*%\}\s*$/;

/** The JSONata of `{% … %}`, and where in the string it begins. Undefined when the string is not an expression. */
export function stripBraces(text: string): { readonly code: string; readonly offset: number } | undefined {
  if (!EXPRESSION_PATTERN.test(text)) return undefined;
  const start = text.indexOf("{%") + 2;
  return { code: text.slice(start, text.lastIndexOf("%}")), offset: start };
}

/** What an expression may read, by the place where it stands. */
export const EXPRESSION_VARIABLES = {
  /** Before the call. */
  body: ["request", "context"],
  /** After it. */
  answer: ["request", "status", "headers", "body", "context"],
} as const;

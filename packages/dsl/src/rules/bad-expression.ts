import { didYouMean } from "../did-you-mean";
import { compileExpression, unboundVariables } from "../jsonata-check";
import { expressionsOf } from "../places";
import { defineRule, text } from "../rule";

export const badExpression = defineRule({
  id: "SL022",
  name: "bad-expression",
  severity: "error",
  messages: {
    braces: {
      what: text`${"subject"} must be an expression in {% %}`,
      why: text`${"description"}`,
      mend: text`Write for example ${"example"}.`,
    },
    syntax: {
      what: text`${"problem"}`,
      why: text`The expression is not JSONata, so it could never be evaluated.`,
      mend: text`Mend it here or right before. docs.jsonata.org describes the language; its exerciser tries expressions.`,
    },
    variable: {
      what: text`there is no variable or function $${"name"} here`,
      why: text`It would always be empty. An expression here reads ${"known"}, and what it defines itself.`,
      mend: text`${"advice"}`,
    },
  },
  check: ({ value, issues }, report) => {
    for (const issue of issues) {
      if (issue.kind !== "no-expression") continue;
      const { subject, description, example } = issue.about;
      report("braces", { path: issue.path }, { subject, description, example });
    }
    for (const { path, code, offset, variables } of expressionsOf(value)) {
      const slice = (start: number, end: number) => [offset + start, offset + end] as const;
      const compiled = compileExpression(code);
      if (!compiled.ast) {
        report("syntax", { path, slice: slice(compiled.start, compiled.end) }, { problem: compiled.problem });
        continue;
      }
      for (const { name, start, end } of unboundVariables(compiled.ast, variables)) {
        const guess = didYouMean(name, variables);
        const known = variables.map((variable) => `$${variable}`).join(", ");
        const advice = guess ? `Did you mean $${guess}?` : `Use one of ${known}, or a function of JSONata.`;
        report("variable", { path, slice: slice(start, end) }, { name, known, advice });
      }
    }
  },
});

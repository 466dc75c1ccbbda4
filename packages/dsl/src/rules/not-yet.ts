import { notYetIn } from "../not-yet";
import type { Path } from "../parse";
import { placesOfText } from "../places";
import { defineRule, text } from "../rule";

export const notYet = defineRule({
  id: "SL007",
  name: "not-yet",
  severity: "error",
  messages: {
    feature: {
      what: text`${"feature"} is part of the language but this version's worker does not do it yet`,
      why: text`Ignored, it would promise what nobody keeps, so it is refused.`,
      mend: text`${"mend"}`,
    },
  },
  check: ({ value, issues }, report) => {
    for (const { path, part, feature, mend } of notYetIn(value)) {
      // A value that is wrong is no part of the language at all, and the rule that says so is enough.
      const isWrong = part === "value" && issues.some((issue) => isAtOrBelow(issue.path, path));
      if (!isWrong) report("feature", { path, part }, { feature, mend });
    }
    for (const { path, text } of placesOfText(value)) {
      const start = text.indexOf(SSM);
      if (start < 0) continue;
      const slice = [start, start + SSM.length] as const;
      report("feature", { path, slice }, { feature: "a reference to Parameter Store", mend: MEND });
    }
  },
});

const isAtOrBelow = (path: Path, top: Path): boolean => top.every((step, depth) => path[depth] === step);

// The language's own braces, not a template of this file.
const SSM = `$\{ssm:`;
const MEND = `Keep the secret in Secrets Manager and refer to it as $\{secret:NAME}.`;

import { valueAt } from "../merge-patch";
import { defineRule, text } from "../rule";

export const duplicateName = defineRule({
  id: "SL010",
  name: "duplicate-name",
  severity: "error",
  messages: {
    twice: {
      what: text`${"name"} is also the name of ${"other"}`,
      why: text`A gateway's stack bears its name: deployed, one of the two would replace the other.`,
      mend: text`Give one of them another name.`,
    },
  },
  checkAll: (subjects, reportIn) => {
    for (const subject of subjects) {
      const name = valueAt(subject.value, ["name"]);
      const others = subjects.filter((other) => other !== subject && valueAt(other.value, ["name"]) === name);
      if (typeof name !== "string" || others.length === 0) continue;
      const other = others.map(({ document }) => document.file).join(", ");
      reportIn(subject)("twice", { path: ["name"] }, { name, other });
    }
  },
});

import { valueAt } from "../merge-patch";
import { defineRule, text } from "../rule";
import type { Subject } from "../subject";

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
    const named = new Map<string, Subject[]>();
    for (const subject of subjects) {
      const name = valueAt(subject.value, ["name"]);
      if (typeof name === "string") named.set(name, [...(named.get(name) ?? []), subject]);
    }
    for (const [name, alike] of named) {
      if (alike.length < 2) continue;
      for (const subject of alike) {
        const others = alike.filter((other) => other !== subject);
        const other = others.map(({ document }) => document.file).join(", ");
        reportIn(subject)("twice", { path: ["name"] }, { name, other });
      }
    }
  },
});

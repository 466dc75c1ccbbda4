import { valueAt } from "../merge-patch";
import { defineRule, text } from "../rule";
import { instancesOf, type Subject } from "../subject";

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
    for (const subject of subjects)
      for (const name of namesOf(subject)) named.set(name, [...(named.get(name) ?? []), subject]);
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

/** The names of the gateways that a file makes: its own, or those of its instances. */
function namesOf({ value }: Subject): string[] {
  const name = valueAt(value, ["name"]);
  if (typeof name !== "string") return [];
  const instances = instancesOf(value);
  return instances.length === 0 ? [name] : [...new Set(instances.map((instance) => `${name}-${instance.name}`))];
}

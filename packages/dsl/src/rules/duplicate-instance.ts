import { isMap, mergePatch, valueAt } from "../merge-patch";
import { defineRule, text } from "../rule";
import type { Json } from "../units";

export const duplicateInstance = defineRule({
  id: "SL057",
  name: "duplicate-instance",
  severity: "error",
  messages: {
    twice: {
      what: text`there is an instance ${"name"} already`,
      why: text`Each instance is a gateway of its own, named after it: deployed, one of the two would replace the other.`,
      mend: text`Give it another name, or remove one of the two.`,
    },
    same: {
      what: text`${"name"} is the same gateway as ${"other"}`,
      why: text`Both call the same target with the same key, and each of them would use the whole limit.`,
      mend: text`Say what differs in ${"name"}, for example its key under endpoint.auth; or remove it.`,
    },
  },
  check: ({ value }, report) => {
    const instances = instancesOf(value);
    instances.forEach(({ rank, name, merged }, index) => {
      const earlier = instances.slice(0, index);
      const twin = earlier.find((one) => one.merged === merged);
      const path = ["instances", rank, "name"];
      if (earlier.some((one) => one.name === name)) report("twice", { path }, { name });
      else if (twin) report("same", { path }, { name, other: twin.name });
    });
  },
});

interface Instance {
  readonly rank: number;
  readonly name: string;
  /** What its patch makes of the file, but for the name. */
  readonly merged: string;
}

function instancesOf(value: Json | undefined): Instance[] {
  const instances = valueAt(value, ["instances"]);
  return (Array.isArray(instances) ? instances : []).flatMap((instance, rank) => {
    if (!isMap(instance) || typeof instance.name !== "string") return [];
    const { name, ...patch } = instance;
    return [{ rank, name, merged: JSON.stringify(mergePatch(value, patch)) }];
  });
}

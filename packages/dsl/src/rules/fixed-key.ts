import { isMap, valueAt } from "../merge-patch";
import { defineRule, text } from "../rule";
import { instancesOf } from "../subject";

export const fixedKey = defineRule({
  id: "SL030",
  name: "fixed-key",
  severity: "error",
  messages: {
    fixed: {
      what: text`an environment cannot change ${"key"}`,
      why: text`It is the same gateway in every environment; its stacks are named from name and environment.`,
      mend: text`Remove ${"key"} here.`,
    },
    instance: {
      what: text`an instance cannot change ${"key"}`,
      why: text`It is the same file as the others: what differs between environments stands in the file, for all of its instances.`,
      mend: text`Remove ${"key"} here.`,
    },
  },
  check: ({ value, environment, instance }, report) => {
    if (instance !== undefined) return;
    for (const [rank, { patch }] of instancesOf(value).entries()) {
      for (const key of ["version", "environments", "instances"]) {
        const place = { path: ["instances", rank, key], part: "key" as const };
        if (isMap(patch) && Object.hasOwn(patch, key)) report("instance", place, { key });
      }
    }
    const environments = environment === undefined ? valueAt(value, ["environments"]) : undefined;
    for (const [name, patch] of Object.entries(isMap(environments) ? environments : {})) {
      for (const key of ["version", "name", "environments"]) {
        const isChanged = isMap(patch) && Object.hasOwn(patch, key);
        if (isChanged) report("fixed", { path: ["environments", name, key], part: "key" }, { key });
      }
    }
  },
});

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
    name: {
      what: text`defaults cannot state a name`,
      why: text`Every gateway has its own; two of one name would be one stack.`,
      mend: text`Remove name here, and state it in each gateway file.`,
    },
    environments: {
      what: text`defaults cannot state environments`,
      why: text`What differs in an environment differs from one gateway to the next: only their own files are read for it.`,
      mend: text`Write what differs under environments of the gateway file; sluice.yaml's own environments stand at its root.`,
    },
  },
  check: ({ value, environment, instance, issues }, report) => {
    if (instance !== undefined) return;
    for (const [rank, { patch }] of instancesOf(value).entries()) {
      for (const key of ["version", "environments", "instances"]) {
        const place = { path: ["instances", rank, key], part: "key" as const };
        if (isMap(patch) && Object.hasOwn(patch, key)) report("instance", place, { key });
      }
    }
    const defaults = valueAt(value, ["defaults"]);
    // In a gateway file, which has no such key, unknown-key has said so.
    const isOfProject = isMap(defaults) && !issues.some(({ path }) => path.length === 1 && path[0] === "defaults");
    for (const key of ["name", "environments"] as const)
      if (isOfProject && Object.hasOwn(defaults, key)) report(key, { path: ["defaults", key], part: "key" }, {});
    const environments = environment === undefined ? valueAt(value, ["environments"]) : undefined;
    for (const [name, patch] of Object.entries(isMap(environments) ? environments : {})) {
      for (const key of ["version", "name", "environments"]) {
        const isChanged = isMap(patch) && Object.hasOwn(patch, key);
        if (isChanged) report("fixed", { path: ["environments", name, key], part: "key" }, { key });
      }
    }
  },
});

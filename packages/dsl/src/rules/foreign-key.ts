import { valueAt } from "../merge-patch";
import { operationsOf } from "../places";
import { defineRule, text } from "../rule";
import { ADAPTER_KEYS } from "../schema/endpoint";

export const foreignKey = defineRule({
  id: "SL044",
  name: "foreign-key",
  severity: "error",
  messages: {
    foreign: {
      what: text`adapter ${"adapter"} has no ${"key"}`,
      why: text`${"key"} is for adapter ${"owners"}. Ignored, operation ${"operation"} would do something else than it says.`,
      mend: text`Remove it: with ${"adapter"}, ${"instead"}. If the target is of another kind, change endpoint.adapter.`,
    },
  },
  check: ({ value }, report) => {
    const adapter = String(valueAt(value, ["endpoint", "adapter"]));
    const own = Object.hasOwn(ADAPTER_KEYS, adapter) ? ADAPTER_KEYS[adapter] : undefined;
    if (!own) return; // wrong-type or missing-key speaks
    for (const [operation, keys] of operationsOf(value)) {
      for (const key of Object.keys(keys)) {
        const owners = ownersOf(key);
        if (owners.length === 0 || owners.includes(adapter)) continue;
        const holes = { adapter, key, owners: owners.join(", "), operation, instead: insteadOf(own) };
        report("foreign", { path: ["operations", operation, key], part: "key" }, holes);
      }
    }
  },
});

/** The adapters that a key is for; none where it is for all. */
function ownersOf(key: string): string[] {
  return Object.entries(ADAPTER_KEYS).flatMap(([adapter, { needs, takes }]) =>
    [...needs, ...takes].includes(key) ? [adapter] : [],
  );
}

function insteadOf({ needs, takes }: { readonly needs: readonly string[]; readonly takes: readonly string[] }): string {
  const [needed] = needs;
  return needed ? `an operation says what it does by ${needed}` : `what is sent stands in ${takes.join(", ")}`;
}

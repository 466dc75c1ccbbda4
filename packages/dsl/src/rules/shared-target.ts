import { type Deployment, deploymentsOf, reportedSubject } from "../deployments";
import { isLoopback } from "../loopback";
import { valueAt } from "../merge-patch";
import { defineRule, text } from "../rule";
import type { Json } from "../units";

export const sharedTarget = defineRule({
  id: "SL055",
  name: "shared-target",
  severity: "warning",
  messages: {
    shared: {
      what: text`${"host"} is also the target of ${"others"}`,
      why: text`Each gateway keeps its own limit and knows nothing of the other. Where the target counts both together, each would use the whole limit.`,
      mend: text`Put the operations into one file, so that they share the limit. Where the target limits by key or by path, say so here, in a comment.`,
    },
  },
  checkAll: (subjects, reportIn) => {
    for (const { environment, gateways } of deploymentsOf(subjects)) {
      for (const sharers of byHost(gateways)) {
        // What no patch changes is said of the files as they are.
        const isNew = environment === undefined || sharers.some(({ subject }) => hasOwnUrl(subject.value, environment));
        if (!isNew) continue;
        for (const { subject, name, host, slice } of sharers) {
          const others = sharers.filter((one) => one.name !== name).map((one) => one.subject.document.file);
          const report = reportIn(reportedSubject(subject, environment));
          report("shared", { path: ["endpoint", "url"], slice }, { host, others: others.join(", ") });
        }
      }
    }
  },
});

interface Target extends Deployment {
  readonly name: string;
  /** With its port, where that is not the usual one. */
  readonly host: string;
  /** Where it stands in the url. */
  readonly slice: readonly [start: number, end: number];
}

/** The gateways whose target another one has too, in groups of one target. Of two of one name duplicate-name speaks. */
function byHost(gateways: readonly Deployment[]): Target[][] {
  const groups = new Map<string, Target[]>();
  for (const gateway of gateways) {
    const target = targetOf(gateway);
    if (target) groups.set(target.key, [...(groups.get(target.key) ?? []), target]);
  }
  return [...groups.values()].filter((sharers) => new Set(sharers.map(({ name }) => name)).size > 1);
}

function targetOf(gateway: Deployment): (Target & { readonly key: string }) | undefined {
  const text = valueAt(gateway.value, ["endpoint", "url"]);
  if (typeof text !== "string" || text.includes("${") || !/^https?:\/\//i.test(text) || !URL.canParse(text))
    return undefined;
  const { protocol, host, hostname, port } = new URL(text);
  if (isLoopback(hostname)) return undefined; // a stand-in, which has no limit to break
  const start = text.toLowerCase().indexOf(host);
  const slice: Target["slice"] = start < 0 ? [0, text.length] : [start, start + host.length];
  const name = String(valueAt(gateway.value, ["name"]));
  return { ...gateway, name, host, slice, key: `${hostname}:${port || (protocol === "https:" ? "443" : "80")}` };
}

function hasOwnUrl(value: Json | undefined, environment: string): boolean {
  return valueAt(value, ["environments", environment, "endpoint", "url"]) !== undefined;
}

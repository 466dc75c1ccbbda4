import { isMap } from "../merge-patch";
import { MAX_CALLS_PER_SECOND } from "../plan";
import { allLimits } from "../rate";
import { defineRule, text } from "../rule";
import { areSound } from "../subject";

export const againstPolicy = defineRule({
  id: "SL061",
  name: "against-policy",
  severity: "error",
  messages: {
    owner: {
      what: text`the gateway has no owner`,
      why: text`sluice.yaml asks for one in every file (policy.owner: required), so that somebody answers for the target's limit.`,
      mend: text`Add owner: "@TEAM".`,
    },
    rate: {
      what: text`${"rate"} is ${"perSecond"} calls a second`,
      why: text`sluice.yaml allows every gateway at most ${"most"} (policy.maxCallsPerSecond).`,
      mend: text`State at most ${"most"}/s, or raise the policy where it is reviewed.`,
    },
    unlimited: {
      what: text`without a rateLimit the gateway calls up to ${"fastest"} times a second`,
      why: text`sluice.yaml allows every gateway at most ${"most"} (policy.maxCallsPerSecond), and concurrency alone does not bound the rate.`,
      mend: text`Add rateLimit: ${"most"}/s, or raise the policy where it is reviewed.`,
    },
  },
  check: (subject, report) => {
    const { project, value, draft } = subject;
    const policy = project?.settings?.policy;
    if (!policy || !isMap(value)) return;
    const hasOwner = typeof value.owner === "string" && value.owner.trim() !== "";
    if (policy.owner === "required" && !hasOwner) report("owner", { path: [], part: "key" }, {});
    const most = policy.maxCallsPerSecond;
    if (most === undefined || !areSound(subject, ["rateLimit"])) return;
    const limits = allLimits(draft.rateLimit);
    // Without any limit, no-limit speaks.
    const isUnlimited = limits.length === 0 && draft.concurrency !== undefined && most < MAX_CALLS_PER_SECOND;
    if (isUnlimited)
      report("unlimited", { path: ["concurrency"], part: "key" }, { fastest: MAX_CALLS_PER_SECOND, most });
    const [tightest] = limits
      .map((rate) => ({ rate, perSecond: (rate.calls * 1_000_000) / rate.windowUs }))
      .sort((one, other) => one.perSecond - other.perSecond);
    if (!tightest || tightest.perSecond <= most) return;
    const holes = { rate: tightest.rate.text, perSecond: Number(tightest.perSecond.toFixed(1)), most };
    report("rate", { path: ["rateLimit"] }, holes);
  },
});

import { showDuration } from "../duration";
import { strictestIn } from "../most-calls";
import { plural } from "../plural";
import { allLimits, type Rate } from "../rate";
import { defineRule, text } from "../rule";
import { areSound } from "../subject";

export const idleLimit = defineRule({
  id: "SL036",
  name: "idle-limit",
  severity: "warning",
  messages: {
    idle: {
      what: text`${"rate"} can never be reached`,
      why: text`${"other"} lets at most ${"most"} into ${"window"}, so this limit forbids nothing that the other allows.`,
      mend: text`Remove it, or correct one of the two to what the target's documentation says.`,
    },
    twice: {
      what: text`the window of ${"window"} has two limits`,
      why: text`Each limit of the list holds, so of ${"other"} and ${"rate"} only ${"stricter"} matters.`,
      mend: text`Remove this one, or correct its window.`,
    },
    same: {
      what: text`the list has this limit already`,
      why: text`It says the same as ${"other"}; stated twice, a limit is not stricter.`,
      mend: text`Remove one of the two, or correct the one that was meant otherwise.`,
    },
  },
  check: (subject, report) => {
    const limits = allLimits(subject.draft.rateLimit);
    if (!areSound(subject, ["rateLimit"])) return;
    limits.forEach((limit, index) => {
      // Of two that say the same the first one stays.
      const others = limits.filter((other, at) => at !== index && !(isAlike(other, limit) && at > index));
      const strictest = strictestIn(limit.windowUs, others);
      if (!strictest || strictest.most > limit.calls) return;
      const twin = others.find(({ windowUs, calls }) => windowUs === limit.windowUs && calls <= limit.calls);
      const window = showDuration(limit.windowUs);
      const place = { path: ["rateLimit", index] };
      const most = plural(strictest.most, "call");
      if (!twin) report("idle", place, { rate: limit.text, other: strictest.limit.text, most, window });
      else if (isAlike(twin, limit)) report("same", place, { other: twin.text });
      else report("twice", place, { window, rate: limit.text, other: twin.text, stricter: twin.text });
    });
  },
});

const isAlike = (one: Rate, other: Rate): boolean => one.calls === other.calls && one.windowUs === other.windowUs;

import { defineRule, text } from "../rule";

export const bareNumber = defineRule({
  id: "SL004",
  name: "bare-number",
  severity: "error",
  messages: {
    duration: {
      what: text`a duration needs a unit`,
      why: text`${"number"} could be ${"number"} ms or ${"number"} s, and the gateway's timing is computed from it.`,
      mend: text`Write ${"number"}ms or ${"number"}s. Units: ms, s, m, h, d.`,
    },
    rate: {
      what: text`a rate needs its window`,
      why: text`${"number"} could be ${"number"} calls a second or ${"number"} a minute, and the interval between calls is computed from it.`,
      mend: text`Write ${"number"}/s or ${"number"}/m. Windows: ms, s, m, h, d, or several, like 5m.`,
    },
    load: {
      what: text`a rate needs its time`,
      why: text`${"number"} could be ${"number"} requests a second or ${"number"} an hour.`,
      mend: text`Write ${"number"}/s or ${"number"}/h. Times: ms, s, m, h, d, or several, like 5m.`,
    },
    share: {
      what: text`a share needs its percent sign`,
      why: text`${"number"} could be ${"number"} % or ${"number"} of the whole.`,
      mend: text`Write ${"percent"}%.`,
    },
  },
  check: ({ issues, language }, report) => {
    for (const issue of issues) {
      if (issue.kind !== "bare-number") continue;
      const { path, number, leaf } = issue;
      const value = Number.parseFloat(number);
      const percent = value < 1 ? Number((value * 100).toFixed(2)) : value;
      if (leaf === "rate") report(language ?? "rate", { path }, { number });
      else if (leaf === "share")
        report("share", { path }, { number, percent }, () => (value > 1 ? `${number}%` : undefined)); // 1 may be all of it
      else report("duration", { path }, { number });
    }
  },
});

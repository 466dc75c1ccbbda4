import { listedStatuses, OUTCOME_ORDER } from "../places";
import { defineRule, text } from "../rule";

export const statusTwice = defineRule({
  id: "SL045",
  name: "status-twice",
  severity: "error",
  messages: {
    twice: {
      what: text`${"status"} is taken by ${"winner"}`,
      why: text`Outcomes are looked at in the order ${"order"}. ${"winner"} lists ${"status"} without any further condition, so ${"loser"} never sees one.`,
      mend: text`Keep ${"status"} under one of the two, or tell them apart: give ${"winner"} a condition (when).`,
    },
  },
  check: ({ value }, report) => {
    const listed = listedStatuses(value);
    listed.forEach(({ status, outcome, path }, index) => {
      const winner = listed
        .slice(0, index)
        .find((one) => one.status === status && one.outcome !== outcome && !one.isConditional);
      if (!winner) return;
      const holes = { status, winner: winner.outcome, loser: outcome, order: OUTCOME_ORDER.join(", ") };
      report("twice", { path }, holes);
    });
  },
});

import { showDuration, writeDuration } from "../duration";
import { MAX_RESPONSE_US } from "../plan";
import { defineRule, text } from "../rule";
import { type Micros, seconds, us } from "../units";

export const latencyAboveResponse = defineRule({
  id: "SL053",
  name: "latency-above-response",
  severity: "error",
  messages: {
    slow: {
      what: text`calls of ${"operation"} would always time out`,
      why: text`A call usually takes ${"latency"}, and after ${"response"} (timeouts.response) the worker no longer waits for it.`,
      mend: text`${"advice"}, or lower the latency if the target is faster.`,
    },
  },
  check: ({ draft: { operations = {}, timeouts } }, report) => {
    for (const [operation, { latency }] of Object.entries(operations)) {
      if (!timeouts || latency === undefined || latency < timeouts.response) continue;
      const holes = {
        operation,
        latency: showDuration(latency),
        response: showDuration(timeouts.response),
        advice: adviceFor(latency),
      };
      report("slow", { path: ["operations", operation, "latency"] }, holes);
    }
  },
});

/** Twice the usual time leaves room for the slow calls. */
function adviceFor(latency: Micros): string {
  if (latency >= MAX_RESPONSE_US)
    return `No call can be waited for longer than ${showDuration(MAX_RESPONSE_US)}: ask the target for the work and fetch its result by another operation`;
  const needed = us(Math.min(seconds(Math.ceil((2 * latency) / 1_000_000)), MAX_RESPONSE_US));
  return `Raise timeouts.response above ${showDuration(latency)}, for example to ${writeDuration(needed)}`;
}

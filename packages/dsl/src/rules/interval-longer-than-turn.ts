import { showDuration, writeDuration } from "../duration";
import { MAX_RESPONSE_US, planLimit, planTurn, TURN_RESPONSES } from "../plan";
import { spacedLimit } from "../rate";
import { defineRule, text } from "../rule";
import { areSound } from "../subject";
import { type Micros, seconds, us } from "../units";

export const intervalLongerThanTurn = defineRule({
  id: "SL014",
  name: "interval-longer-than-turn",
  severity: "error",
  messages: {
    response: {
      what: text`one call in ${"interval"}, but the worker lives ${"turn"} at a time`,
      why: text`Between two calls a worker waits ${"interval"}; a turn of it is ${"responses"} response timeouts long, here ${"turn"}, and would end before its second call.`,
      mend: text`Raise timeouts.response to at least ${"needed"}.`,
    },
    never: {
      what: text`one call in ${"interval"}, but the worker lives ${"turn"} at a time`,
      why: text`Between two calls a worker waits ${"interval"}, and AWS Lambda ends it after 15 minutes, response timeout and margin included.`,
      mend: text`A limit this slow wants a quota, which this version does not do yet; state one with an interval below ${"turn"}.`,
    },
  },
  check: (subject, report) => {
    const { rateLimit, jitter, timeouts, worker } = subject.draft;
    // In deferral there are no turns: slots-beyond-limit says what a slot's interval may be.
    if (worker?.dispatch === "deferral") return;
    if (!areSound(subject, ["rateLimit", "jitter", "timeouts"]) || !timeouts) return;
    const limit = spacedLimit(rateLimit);
    if (!limit) return;
    const { intervalUs } = planLimit(limit.rate, jitter);
    if (timeouts.response > MAX_RESPONSE_US) return;
    const { lengthUs } = planTurn(timeouts.response);
    if (intervalUs <= lengthUs) return;
    const needed = neededResponse(intervalUs);
    const holes = {
      interval: showDuration(intervalUs),
      turn: showDuration(lengthUs),
      responses: String(TURN_RESPONSES),
    };
    const place = { path: limit.path };
    if (planTurn(needed).lengthUs >= intervalUs) report("response", place, { ...holes, needed: writeDuration(needed) });
    else report("never", place, holes);
  },
});

/** The response timeout whose turn holds the interval, in whole seconds. */
function neededResponse(intervalUs: Micros): Micros {
  return us(Math.min(seconds(Math.ceil(intervalUs / TURN_RESPONSES / 1_000_000)), MAX_RESPONSE_US));
}

import { z } from "zod";
import { count, duration, expression, HEADER_NAME, leaves, named, text } from "./leaves";

const status = z
  .array(count(100, 599, "An HTTP status.", 403))
  .min(1)
  .meta({ description: "HTTP statuses that mean it.", examples: [[403]] });

/** What may stand in a rule of any outcome: all that is given must hold. */
const conditions = {
  status: status.optional(),
  header: z
    .record(
      named(HEADER_NAME, "the name of an HTTP header", { description: "The header.", examples: ["X-Error-Code"] }),
      text({ description: "The value that it must have.", examples: ["QUOTA"] }),
    )
    .meta({
      description: "Headers of the answer and the values that mean it.",
      examples: [{ "X-Error-Code": "QUOTA" }],
    })
    .optional(),
  fault: z
    .array(text({ description: "A SOAP fault code or an SQL state.", examples: ["Client.Quota"] }))
    .min(1)
    .meta({ description: "SOAP fault codes or SQL states that mean it.", examples: [["Client.Quota"]] })
    .optional(),
  when: expression({
    description:
      "Means it only when this expression over $status, $headers, $body, $fault, $request and $context is true.",
    examples: ["{% $contains($body.error, 'quota') %}"],
  }).optional(),
};

const RULE = "Means it when the status is listed, or none is, and everything else that is given holds too.";

const outcomeRule = z.strictObject(conditions).meta({
  description: RULE,
  examples: [{ status: [400], when: "{% $body.code = 'E1' %}" }],
});

const throttledRule = z
  .strictObject({
    ...conditions,
    pause: duration({
      description: "How long the gateway waits when the target names no Retry-After.",
      examples: ["30s"],
    }).prefault("30s"),
    maxPause: duration({
      description: "The longest pause that a Retry-After of the target may impose.",
      examples: ["15m"],
    }).prefault("15m"),
  })
  .meta({ description: RULE, examples: [{ status: [403], pause: "30s" }] });

const SAYS = "a list of statuses, or a map";

const outcome = (description: string) =>
  z
    .union([status.transform((listed) => outcomeRule.parse({ status: listed })), outcomeRule])
    .meta({ description, examples: [[404], { status: [400], when: "{% $body.code = 'E1' %}" }] })
    .register(leaves, { kind: "choice", says: SAYS })
    .optional();

export const outcomes = z
  .strictObject({
    success: outcome("The call was done. Default: 2xx."),
    throttled: z
      .union([status.transform((listed) => throttledRule.parse({ status: listed })), throttledRule])
      .meta({
        description:
          "Refused, nothing done; the gateway pauses and the request is retried. Default: 429, 503 with Retry-After.",
        examples: [[403], { status: [403], pause: "30s" }],
      })
      .register(leaves, { kind: "choice", says: SAYS })
      .prefault({}),
    unavailable: outcome("Surely nothing done; retried. Default: no connection."),
    unknown: outcome("May have been done or not. Default: time-outs, 408 and other 5xx."),
    rejected: outcome("Will never succeed; fails at once. Default: 3xx and other 4xx."),
  })
  .meta({
    description: "What the target's answers mean, where it differs from the default.",
    examples: [{ rejected: [404] }],
  });

const retry = (attempts: number, backoff: string, max: string, description: string) =>
  z
    .strictObject({
      attempts: count(1, 100, "Calls in all, the first included; 1 to 100.", attempts).prefault(attempts),
      backoff: duration({
        description:
          "The longest wait before the first retry, doubled for each further one; the wait itself is random up to it. Whole seconds.",
        examples: [backoff],
      }).prefault(backoff),
      max: duration({ description: "The longest wait; whole seconds.", examples: [max] }).prefault(max),
    })
    .meta({ description, examples: [{ attempts, backoff, max }] })
    .prefault({});

export const retries = z
  .strictObject({
    throttled: retry(10, "5s", "5m", "After the target refused a call."),
    unavailable: retry(5, "2s", "1m", "After a call that surely was not sent."),
    unknown: retry(3, "5s", "1m", "After a call that may have been done; only where a repeat does no harm."),
  })
  .meta({ description: "How often and when a call is tried again.", examples: [{ throttled: { attempts: 10 } }] });

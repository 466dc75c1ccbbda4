import { z } from "zod";
import { count, duration, expression, named, share, tierName } from "./leaves";

/** How the gateway is run and watched, rather than what its target allows. */

export const circuit = z
  .strictObject({
    after: count(1, 1_000, "Calls in a row that end unavailable or unknown before the gateway pauses.", 3),
    probe: duration({
      description: "How long it pauses first; doubled while the target stays away.",
      examples: ["5s"],
    }),
    max: duration({ description: "The longest pause.", examples: ["1m"] }),
  })
  .meta({
    description: "An outage of the target pauses the gateway instead of using up the retries of all that waits.",
    examples: [{ after: 3, probe: "5s", max: "1m" }],
  });

export const overflow = z.enum(["s3"]).meta({
  description: "Where requests and answers travel that are too large for a message. Left out: they are refused.",
  examples: ["s3"],
  enumDescriptions: ["By a bucket of the gateway's own."],
});

export const alarms = z
  .strictObject({
    age: z
      .record(tierName, duration({ description: "The oldest request may be as old.", examples: ["1m"] }))
      .meta({ description: "Alarm when the oldest waiting request of a tier is older.", examples: [{ HIGH: "1m" }] })
      .optional(),
    failureRate: share({
      description: "Alarm when more than this share of the requests fails.",
      examples: ["5%"],
    }).optional(),
  })
  .meta({ description: "When somebody should be told.", examples: [{ age: { HIGH: "1m" }, failureRate: "5%" }] });

export const worker = z
  .strictObject({
    memory: named(/^(auto|[1-9][0-9]{2,4}MB)$/, "auto, or a size like 1024MB", {
      description: "The worker's memory, 128MB to 10240MB; auto: by the rate.",
      examples: ["auto", "1024MB"],
      default: "auto",
    }).optional(),
    dispatch: z
      .enum(["doorbell", "deferral"])
      .meta({
        description: "How work reaches the worker: doorbell (one worker at a time, waits are short) or deferral.",
        examples: ["doorbell"],
        default: "doorbell",
        enumDescriptions: [
          "One worker at a time takes from the highest tier that has work; waits are short.",
          "Each tier invokes workers, and a message steps back for those above it.",
        ],
      })
      .optional(),
    slots: count(1, 1_000, "Units of Lambda concurrency (dispatch deferral).", 6).optional(),
    provisioned: count(1, 1_000, "Units of it that are kept warm (dispatch deferral).", 2).optional(),
  })
  .meta({ description: "The worker.", examples: [{ memory: "auto", dispatch: "doorbell" }] });

export const fairness = z
  .strictObject({
    by: expression({
      description: "What tells callers apart: an expression over $request and $context.",
      examples: ["{% $request.customer %}"],
    }),
  })
  .meta({
    description: "Within a tier a caller with few requests does not wait behind one with many.",
    examples: [{ by: "{% $request.customer %}" }],
  });

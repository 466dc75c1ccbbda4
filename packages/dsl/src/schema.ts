import { z } from "zod";
import { DURATION_PATTERN, parseDuration } from "./duration";
import { EXPRESSION_PATTERN, stripBraces } from "./expressions";
import { parseRate, parseShare, RATE_PATTERN, SHARE_PATTERN } from "./rate";
import { us } from "./units";

/**
 * The file format: the one source of the JSON Schema, of the types and of the defaults. What a reader of the file
 * writes is the schema's input; what the plan is made from is its output, with units parsed and defaults filled.
 *
 * @see DESIGN.md, section 3
 */

/** What a scalar of the language means, for findings that speak the user's words. */
export interface Leaf {
  readonly kind: "duration" | "rate" | "share" | "expression" | "name" | "text";
  /** Completes "… must be". */
  readonly says: string;
}

/** The meaning of each scalar, beside the schema: JSON Schema has no place for it. */
export const leaves = z.registry<Leaf>();

interface Described {
  readonly description: string;
  readonly examples: string[];
}

function duration({ description, examples }: Described) {
  const says = "a duration with its unit";
  return z
    .string()
    .regex(DURATION_PATTERN)
    .meta({
      description: `${description} Units: ms, s, m, h, d.`,
      examples,
      patternErrorMessage: `${says}, like ${examples[0]}`,
    })
    .register(leaves, { kind: "duration", says })
    .transform((text) => parseDuration(text) ?? us(Number.NaN));
}

function expression({ description, examples }: Described) {
  return z
    .string()
    .regex(EXPRESSION_PATTERN)
    .meta({ description, examples, patternErrorMessage: "a JSONata expression in {% %}" })
    .register(leaves, { kind: "expression", says: "an expression in {% %}" })
    .transform((text) => stripBraces(text)?.code.trim() ?? "");
}

/** A text of one pattern; `says` tells people what the pattern means. */
function named(pattern: RegExp, says: string, { description, examples }: Described) {
  return z
    .string()
    .regex(pattern)
    .meta({ description, examples, patternErrorMessage: says })
    .register(leaves, { kind: "name", says });
}

function text({ description, examples }: Described) {
  return z.string().meta({ description, examples }).register(leaves, { kind: "text", says: "text" });
}

const rate = z
  .string()
  .regex(RATE_PATTERN)
  .meta({
    description:
      "The target's limit: calls in any window of time, as its documentation states it. Units: ms, s, m, h, d. May be left out when `concurrency` is given.",
    examples: ["5/s", "30/m", "600/5m"],
    patternErrorMessage: "calls/window, like 5/s or 600/5m",
  })
  .register(leaves, { kind: "rate", says: "calls/window, like 5/s or 600/5m" })
  .transform((value) => parseRate(value) ?? { calls: Number.NaN, windowUs: us(Number.NaN), text: value });

const json = z.json().meta({ id: "json", description: "Any value.", examples: [{ type: "object" }] });

const tierName = named(/^[A-Za-z][A-Za-z0-9-]{0,19}$/, "a name of letters, digits and hyphens, at most 20", {
  description: "The tier's name, which callers give.",
  examples: ["HIGH", "NORMAL", "BATCH"],
});

const share = z
  .string()
  .regex(SHARE_PATTERN)
  .meta({
    description:
      "Share of the calls that this tier gets while it has work waiting, whatever waits above it, so that it never starves. Not for the highest tier. Default 5%.",
    examples: ["5%", "10%"],
    patternErrorMessage: "a percentage, like 5%",
  })
  .register(leaves, { kind: "share", says: "a percentage" })
  .transform((value) => parseShare(value) ?? Number.NaN);

const tier = z
  .strictObject({
    name: tierName,
    timeout: duration({
      description: "From asking to the end of the call, retries and all; at most 13 days.",
      examples: ["2m", "1h", "24h"],
    }),
    share: share.optional(),
  })
  .meta({ description: "One priority level.", examples: [{ name: "HIGH", timeout: "2m" }] });

const headers = (description: string) =>
  z
    .record(
      named(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, "the name of an HTTP header", {
        description: "The header's name.",
        examples: ["Accept"],
      }),
      named(/^[^\r\n\0]*$/, "text of one line", {
        // The braces are the language's own, not a template of this file.
        // biome-ignore lint/suspicious/noTemplateCurlyInString: see above
        description: "The header's value; secrets by reference: ${secret:NAME} or ${secret:NAME#FIELD}.",
        examples: ["application/json"],
      }),
    )
    .meta({ description, examples: [{ Accept: "application/json" }] });

// biome-ignore lint/suspicious/noTemplateCurlyInString: the language's own braces
const SECRET_EXAMPLES = ["${secret:companies-house#key}"];

const basicAuth = z
  .strictObject({
    type: z.literal("basic").meta({ description: "HTTP Basic authentication.", examples: ["basic"] }),
    username: text({ description: "User name, or the key where the API takes it as user.", examples: SECRET_EXAMPLES }),
    password: text({ description: "Password; may be empty or left out.", examples: SECRET_EXAMPLES }).optional(),
  })
  .meta({ description: "HTTP Basic authentication.", examples: [{ type: "basic", username: SECRET_EXAMPLES[0] }] });

const bearerAuth = z
  .strictObject({
    type: z.literal("bearer").meta({ description: "A token in the Authorization header.", examples: ["bearer"] }),
    token: text({ description: "The token.", examples: SECRET_EXAMPLES }),
  })
  .meta({ description: "A bearer token.", examples: [{ type: "bearer", token: SECRET_EXAMPLES[0] }] });

const apiKeyAuth = z
  .strictObject({
    type: z.literal("apiKey").meta({ description: "A key in a header or in the query.", examples: ["apiKey"] }),
    in: z.enum(["header", "query"]).meta({ description: "Where the key goes.", examples: ["header"] }),
    name: named(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, "the name of a header or of a query parameter", {
      description: "The header's or the query parameter's name.",
      examples: ["apiKey"],
    }),
    value: text({ description: "The key.", examples: SECRET_EXAMPLES }),
  })
  .meta({
    description: "An API key.",
    examples: [{ type: "apiKey", in: "header", name: "apiKey", value: SECRET_EXAMPLES[0] }],
  });

const endpoint = z
  .strictObject({
    adapter: z.literal("http").meta({ description: "How the target is spoken to.", examples: ["http"] }),
    url: text({
      description: "Where the target is; the operations' paths are joined to it.",
      examples: ["https://api.company-information.service.gov.uk"],
    }),
    headers: headers("Headers of every call.").prefault({}),
    auth: z
      .discriminatedUnion("type", [basicAuth, bearerAuth, apiKeyAuth])
      .meta({
        description: "How calls are authenticated.",
        examples: [{ type: "basic", username: SECRET_EXAMPLES[0] }],
      })
      .optional(),
  })
  .meta({ description: "The target.", examples: [{ adapter: "http", url: "https://api.example.org" }] });

const METHODS = ["GET", "HEAD", "PUT", "DELETE", "POST", "PATCH", "OPTIONS"] as const;

const operation = z
  .strictObject({
    description: text({ description: "What the operation does.", examples: ["One company by its number"] }).optional(),
    method: z
      .enum(METHODS)
      .meta({ description: "The HTTP method.", examples: ["GET", "POST"] })
      .prefault("GET"),
    path: text({
      description:
        "RFC 6570 template, joined to the endpoint's url and expanded with the request; values are always percent-encoded.",
      examples: ["/company/{number}", "/search{?q,page}"],
    }),
    headers: headers("Headers of this operation's calls.").prefault({}),
    body: expression({
      description: "What is sent as JSON: an expression over $request and $context. Left out: no body.",
      examples: ["{% $request.accounts %}"],
    }).optional(),
    latency: duration({ description: "How long a call usually takes.", examples: ["300ms"] }).optional(),
    request: z
      .record(z.string(), json)
      .meta({
        description: "JSON Schema (draft 2020-12) of what callers send. A request that does not fit spends no call.",
        examples: [{ type: "object", required: ["number"], properties: { number: { type: "string" } } }],
      })
      .optional(),
    answer: expression({
      description:
        "What the caller gets: an expression over $status, $headers, $body, $request and $context. Left out: { status, headers, body }.",
      examples: ["{% { 'name': $body.company_name } %}"],
    }).optional(),
    onUnknown: z
      .enum(["fail"])
      .meta({
        description:
          "What follows when a call may have been done or not and must not be repeated: `fail` hands the question to the caller.",
        examples: ["fail"],
      })
      .prefault("fail"),
    idempotency: z
      .strictObject({
        header: named(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, "the name of an HTTP header", {
          description: "Header that carries the key, the same for each attempt of one request.",
          examples: ["Idempotency-Key"],
        }),
      })
      .meta({
        description: "The target drops repeats that carry the same key, so the operation may be repeated.",
        examples: [{ header: "Idempotency-Key" }],
      })
      .optional(),
  })
  .meta({ description: "One thing the target can do.", examples: [{ method: "GET", path: "/company/{number}" }] });

const status = z
  .array(
    z
      .int()
      .min(100)
      .max(599)
      .meta({ description: "An HTTP status.", examples: [403] }),
  )
  .min(1)
  .meta({ description: "HTTP statuses that mean it.", examples: [[403]] });

const when = expression({
  description: "Means it only when this expression over $status, $headers, $body, $request and $context is true.",
  examples: ["{% $contains($body.error, 'quota') %}"],
}).optional();

const outcomeRule = z.strictObject({ status: status.optional(), when }).meta({
  description: "Means it when the status is listed, or none is, and the expression, if there is one, is true.",
  examples: [{ status: [400], when: "{% $body.code = 'E1' %}" }],
});

const throttledRule = z
  .strictObject({
    status: status.optional(),
    when,
    pause: duration({
      description: "How long the gateway waits when the target names no Retry-After.",
      examples: ["30s"],
    }).prefault("30s"),
    maxPause: duration({
      description: "The longest pause that a Retry-After of the target may impose.",
      examples: ["15m"],
    }).prefault("15m"),
  })
  .meta({
    description: "Means it when the status is listed, or none is, and the expression, if there is one, is true.",
    examples: [{ status: [403], pause: "30s" }],
  });

const outcome = (description: string) =>
  z
    .union([status.transform((listed) => outcomeRule.parse({ status: listed })), outcomeRule])
    .meta({ description, examples: [[404], { status: [400], when: "{% $body.code = 'E1' %}" }] })
    .optional();

const outcomes = z
  .strictObject({
    success: outcome("The call was done. Default: 2xx."),
    throttled: z
      .union([status.transform((listed) => throttledRule.parse({ status: listed })), throttledRule])
      .meta({
        description:
          "Refused, nothing done; the gateway pauses and the request is retried. Default: 429, 503 with Retry-After.",
        examples: [[403], { status: [403], pause: "30s" }],
      })
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
      attempts: z
        .int()
        .min(1)
        .max(100)
        .meta({ description: "Calls in all, the first included; 1 to 100.", examples: [attempts] })
        .prefault(attempts),
      backoff: duration({
        description: "Wait before the first retry, doubled for each further one; whole seconds.",
        examples: [backoff],
      }).prefault(backoff),
      max: duration({ description: "The longest wait; whole seconds.", examples: [max] }).prefault(max),
    })
    .meta({ description, examples: [{ attempts, backoff, max }] })
    .prefault({});

const retries = z
  .strictObject({
    throttled: retry(10, "5s", "5m", "After the target refused a call."),
    unavailable: retry(5, "2s", "1m", "After a call that surely was not sent."),
    unknown: retry(3, "5s", "1m", "After a call that may have been done; only where a repeat does no harm."),
  })
  .meta({ description: "How often and when a call is tried again.", examples: [{ throttled: { attempts: 10 } }] });

/** A gateway file, whole. */
export const gatewayFile = z
  .strictObject({
    version: z.literal(1).meta({ description: "The version of this language.", examples: [1] }),
    name: named(/^(?=.{1,40}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/, "lower-case words joined by hyphens, at most 40 letters", {
      description: "The gateway's name in kebab-case; the stack's and the file's name.",
      examples: ["companies-house"],
    }),
    description: text({ description: "What the target is.", examples: ["UK company register"] }).optional(),
    owner: text({
      description: "Who is responsible; shown on dashboards and alarms.",
      examples: ["@acme/data-platform"],
    }).optional(),
    rateLimit: rate.optional(),
    concurrency: z
      .int()
      .min(1)
      .max(200)
      .meta({ description: "Most calls open at the target at once, 1 to 200.", examples: [4] })
      .optional(),
    jitter: duration({
      description:
        "How far an arrival at the target may be shifted by the worker and the path. Default: the larger of 20 ms and 1 % of the window.",
      examples: ["50ms"],
    }).optional(),
    tiers: z
      .array(tier)
      .min(1)
      .max(10)
      .meta({
        description: "Priority levels, highest first.",
        examples: [
          [
            { name: "HIGH", timeout: "2m" },
            { name: "BATCH", timeout: "24h", share: "5%" },
          ],
        ],
      })
      .prefault([
        { name: "HIGH", timeout: "2m" },
        { name: "NORMAL", timeout: "1h" },
        { name: "BATCH", timeout: "24h" },
      ]),
    defaultTier: text({
      description: "The tier of a request that names none. Default: NORMAL, or the one in the middle.",
      examples: ["NORMAL"],
    }).optional(),
    timeouts: z
      .strictObject({
        connect: duration({ description: "To a standing connection, TLS included.", examples: ["2s"] }).prefault("2s"),
        response: duration({
          description: "From the request's first byte to the answer's last; at most 7 minutes.",
          examples: ["10s"],
        }).prefault("10s"),
      })
      .meta({ description: "How long the target may take.", examples: [{ connect: "2s", response: "10s" }] })
      .prefault({}),
    endpoint,
    operations: z
      .record(
        named(/^[a-zA-Z][a-zA-Z0-9-]{0,39}$/, "a name of letters, digits and hyphens, at most 40", {
          description: "The operation's name, which callers give.",
          examples: ["company"],
        }),
        operation,
      )
      .refine((all) => Object.keys(all).length > 0)
      .meta({
        description: "What the target can do. All operations share the limit.",
        examples: [{ company: { method: "GET", path: "/company/{number}" } }],
        minProperties: 1,
      }),
    outcomes: outcomes.prefault({}),
    retries: retries.prefault({}),
    environments: z
      .record(
        named(/^[a-z][a-z0-9-]{0,19}$/, "lower-case letters, digits and hyphens, at most 20", {
          description: "The environment's name, which --env gives.",
          examples: ["staging"],
        }),
        z.record(z.string(), json).meta({
          description: "A JSON merge patch (RFC 7396) of this file: null removes, lists are replaced whole.",
          examples: [{ rateLimit: "1/s" }],
        }),
      )
      .meta({
        description: "What differs by environment, chosen by --env.",
        examples: [{ staging: { rateLimit: "1/s", endpoint: { url: "https://sandbox.example.org" } } }],
      })
      .prefault({}),
  })
  .meta({ title: "Sluice gateway", description: "One slow, rate-limited API and how Sluice calls it." });

/** A gateway file as people write it. */
export type GatewayFileInput = z.input<typeof gatewayFile>;

/** A valid gateway file with units parsed and defaults filled. */
export type GatewayFile = z.output<typeof gatewayFile>;

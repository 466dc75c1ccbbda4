import { z } from "zod";
import { count, duration, expression, HEADER_NAME, headers, json, named, rate, text } from "./leaves";

export const METHODS = ["GET", "HEAD", "PUT", "DELETE", "POST", "PATCH", "OPTIONS"] as const;

const METHOD_SAYS: Readonly<Record<(typeof METHODS)[number], string>> = {
  GET: "Reads; may be repeated.",
  HEAD: "Reads the headers alone; may be repeated.",
  PUT: "Puts something in its place; may be repeated.",
  DELETE: "Removes; may be repeated.",
  POST: "Acts; is repeated only where `idempotency` or `onUnknown` says so.",
  PATCH: "Changes a part; is repeated only where `idempotency` or `onUnknown` says so.",
  OPTIONS: "Asks what is possible.",
};

const operationName = named(/^[a-zA-Z][a-zA-Z0-9-]{0,39}$/, "a name of letters, digits and hyphens, at most 40", {
  description: "The operation's name, which callers give.",
  examples: ["company"],
});

const PROBE = { probe: "filing-status", settle: "30s" };

const probe = z
  .strictObject({
    probe: named(/^[a-zA-Z][a-zA-Z0-9-]{0,39}$/, "the name of another operation", {
      description: "A read-only operation of this gateway that tells whether the work was done.",
      examples: [PROBE.probe],
    }),
    settle: duration({ description: "How long after the call it may be asked.", examples: [PROBE.settle] }).optional(),
    done: expression({
      description: "Whether the work was done, over the probe's $status, $headers and $body: true, false or null.",
      examples: ["{% $body.status = 'filed' %}"],
    }).optional(),
  })
  .meta({ description: "Ask the target by another operation.", examples: [PROBE] });

const onUnknown = z
  .union([
    z.enum(["fail", "retry"]).meta({
      description: "Hand the question on, or repeat.",
      examples: ["fail"],
      enumDescriptions: [
        "The caller is told that nobody knows, and decides.",
        "The call is repeated, and may be done twice.",
      ],
    }),
    probe,
  ])
  .meta({
    description:
      "What follows when a call may have been done or not and must not be repeated: `fail` hands the question to the caller, `retry` repeats it, a probe asks the target.",
    examples: ["fail", PROBE],
  });

const batch = z
  .strictObject({
    max: count(2, 1_000, "Most requests in one call, 2 to 1,000.", 50),
    wait: duration({ description: "How long a call may wait to be filled.", examples: ["200ms"] }).optional(),
    split: expression({
      description: "The answers in the order of the requests, over the call's $status, $headers and $body.",
      examples: ["{% $body.items %}"],
    }),
  })
  .meta({
    description: "Several requests of one tier share one call of an API that takes many items.",
    examples: [{ max: 50, split: "{% $body.items %}" }],
  });

const idempotency = z
  .strictObject({
    header: named(HEADER_NAME, "the name of an HTTP header", {
      description: "Header that carries the key, the same for each attempt of one request.",
      examples: ["Idempotency-Key"],
    }),
  })
  .meta({
    description: "The target drops repeats that carry the same key, so the operation may be repeated.",
    examples: [{ header: "Idempotency-Key" }],
  });

const operation = z
  .strictObject({
    description: text({ description: "What the operation does.", examples: ["One company by its number"] }).optional(),
    method: z
      .enum(METHODS)
      .meta({
        description: "The HTTP method (adapter http).",
        examples: ["GET", "POST"],
        enumDescriptions: METHODS.map((method) => METHOD_SAYS[method]),
      })
      .prefault("GET"),
    path: text({
      description:
        "RFC 6570 template, joined to the endpoint's url and expanded with the request; values are always percent-encoded (adapter http).",
      examples: ["/company/{number}", "/search{?q,page}"],
    }).optional(),
    headers: headers("Headers of this operation's calls (adapters http and soap).").prefault({}),
    action: text({
      description: "The operation's name in the WSDL (adapter soap).",
      examples: ["GetQuote"],
    }).optional(),
    statement: text({
      description: "The SQL statement, its parameters as :name (adapter sql).",
      examples: ["select * from orders where id = :id"],
    }).optional(),
    parameters: z
      .record(z.string(), expression({ description: "A parameter's value.", examples: ["{% $request.id %}"] }))
      .meta({
        description: "The statement's parameters by name (adapter sql).",
        examples: [{ id: "{% $request.id %}" }],
      })
      .optional(),
    body: expression({
      description:
        "What is sent, as JSON or as the message of a SOAP call: an expression over $request and $context. Left out: no body.",
      examples: ["{% $request.accounts %}"],
    }).optional(),
    latency: duration({ description: "How long a call usually takes.", examples: ["300ms"] }).optional(),
    cost: count(1, 10_000, "How many calls of the limit one call counts for.", 2, 1).optional(),
    rateLimit: rate({
      description: "A limit of this operation's own, under the one that all operations share.",
      examples: ["1/s"],
    }).optional(),
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
    onUnknown: onUnknown.prefault("fail"),
    idempotency: idempotency.optional(),
    coalesce: z
      .boolean()
      .meta({
        description: "Identical repeatable requests that wait or are in flight share one call.",
        examples: [true],
        default: false,
      })
      .optional(),
    batch: batch.optional(),
  })
  .meta({ description: "One thing the target can do.", examples: [{ method: "GET", path: "/company/{number}" }] });

export const operations = z
  .record(operationName, operation)
  .refine((all) => Object.keys(all).length > 0)
  .meta({
    description: "What the target can do. All operations share the limit.",
    examples: [{ company: { method: "GET", path: "/company/{number}" } }],
    minProperties: 1,
  });

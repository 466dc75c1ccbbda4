import { z } from "zod";
import { DAYS_PATTERN, daysOf } from "../calendar";
import { AT_START, DATE_PATTERN, MOMENT_PATTERN, type Moment, parseMoment, TIME_PATTERN } from "../load-file/moment";
import { count, type Described, duration, json, leaves, named, rate, share, text, tierName } from "./leaves";

/** What comes in and how the target behaves, for `sluice simulate`: a load file. */

const moment = ({ description, examples }: Described) =>
  named(MOMENT_PATTERN, "a time after the start, like 2h, or a time of day, like Mon 06:00 or 06:00", {
    description: `${description} A duration after the start, or the first such time of day from then on, in \`zone\`.`,
    examples,
  }).transform((written): Moment => parseMoment(written) ?? AT_START);

const perTime = (described: Described) => rate(described, "requests in a time, like 2/s or 300/h");

const RATE = { description: "Requests in a time, on average.", examples: ["2/s", "300/h"] };

const arrivalRate = z
  .union([
    perTime(RATE),
    z
      .record(
        named(TIME_PATTERN, "a time of day in quotes, like 06:00", {
          description: "A time of day, in `zone`.",
          examples: ["06:00"],
        }),
        perTime({ description: "Requests in a time, at that time of day.", examples: ["5/s"] }),
      )
      .meta({
        description: "A daily curve: the rate at some times of the day, and in between in proportion to the time.",
        examples: [{ "06:00": "1/m", "09:00": "5/s", "18:00": "1/m" }],
      }),
  ])
  .meta({
    description: "Requests in a time, on average; or a daily curve: the rate at some times of the day.",
    examples: ["2/s", "300/h", { "06:00": "1/m", "09:00": "5/s", "18:00": "1/m" }],
  })
  .register(leaves, { kind: "rate", says: "requests in a time, like 2/s or 300/h, or times of day with such rates" });

const GUSTS = { requests: 200, every: "10m", within: "5s" };

const gusts = z
  .strictObject({
    requests: count(1, 1_000_000, "Requests in one gust.", 200),
    every: duration({ description: "From one gust to the next, on average.", examples: [GUSTS.every] }),
    within: duration({
      description: "How long a gust lasts.",
      examples: [GUSTS.within],
      default: "1s",
    }).prefault("1s"),
  })
  .meta({ description: "Many requests in a short time, and then silence, again and again.", examples: [GUSTS] });

const stream = z
  .strictObject({
    tier: tierName
      .meta({
        ...tierName.meta(),
        description: "The tier that is asked for. Left out: the gateway's default tier.",
      })
      .register(leaves, { kind: "name", says: "a name of letters, digits and hyphens, at most 20" })
      .optional(),
    operation: text({
      description: "The operation that is asked for. Left out: all operations of the gateway, one after the other.",
      examples: ["company"],
    }).optional(),
    request: json
      .meta({
        description:
          "What is sent, as a caller gives it. Left out: a request is made up that fits the operation's `request` schema.",
        examples: [{ number: "01234567" }],
      })
      .optional(),
    rate: arrivalRate.optional(),
    gusts: gusts.optional(),
    backlog: count(1, 5_000_000, "So many requests that are all there at one instant (`at`).", 1_000_000).optional(),
    recorded: text({
      description:
        "Requests as they really came: a CSV file with time, tier and operation, or what `aws stepfunctions list-executions` or `describe-execution` printed. The path is from this file's folder.",
      examples: ["starts.csv"],
    }).optional(),
    spacing: z
      .enum(["random", "even"])
      .meta({
        description:
          "Whether requests come independently of each other (Poisson arrivals) or at even distances. Default random.",
        examples: ["even"],
        enumDescriptions: [
          "Independently of each other, as many callers do.",
          "At even distances, as a schedule does.",
        ],
      })
      .optional(),
    at: moment({
      description: "When the backlog is there. Default: at the start.",
      examples: ["Mon 06:00", "2h"],
    }).optional(),
    within: duration({
      description: "The time in which the backlog comes, evenly. Left out: all at once.",
      examples: ["10m"],
    }).optional(),
    from: moment({
      description: "When the requests begin. Default: at the start.",
      examples: ["1h", "09:00"],
    }).optional(),
    until: moment({ description: "When the requests end. Default: never.", examples: ["2d", "Fri 18:00"] }).optional(),
    days: named(DAYS_PATTERN, "days, like Mon-Fri or Mon,Thu-Sat", {
      description: "Days of the week on which requests come, in `zone`. Default: all.",
      examples: ["Mon-Fri"],
    })
      .transform((written): readonly number[] => daysOf(written))
      .optional(),
  })
  .meta({
    description: "Requests of one kind. One of rate, gusts, backlog or recorded says when they come.",
    examples: [{ tier: "HIGH", rate: "2/s" }],
  });

const arrivals = z
  .union([
    perTime({ description: "Requests for the default tier, in a time, on average.", examples: ["5/s"] }),
    z
      .array(stream)
      .min(1)
      .max(100)
      .meta({
        description: "Requests of several kinds.",
        examples: [
          [
            { tier: "HIGH", rate: "2/s" },
            { tier: "BATCH", backlog: 10_000, at: "Mon 06:00" },
          ],
        ],
      }),
  ])
  .meta({
    description: "What comes in: a rate for the default tier, or a list of what comes.",
    examples: [
      "5/s",
      [
        { tier: "HIGH", rate: "2/s" },
        { tier: "BATCH", backlog: 10_000, at: "Mon 06:00" },
      ],
    ],
  })
  .register(leaves, { kind: "rate", says: "requests in a time, like 5/s, or a list of what comes in" });

const LATENCY = { description: "The target answers after so long.", examples: ["300ms"] };

const latency = z
  .union([
    duration(LATENCY),
    z
      .strictObject({
        median: duration({ description: "Half of the calls take no longer.", examples: ["250ms"] }).optional(),
        p99: duration({
          description: "99 of 100 calls take no longer; between and beyond, latencies are log-normal.",
          examples: ["3s"],
        }).optional(),
        min: duration({
          description: "The shortest; up to `max` all are equally likely.",
          examples: ["100ms"],
        }).optional(),
        max: duration({ description: "The longest.", examples: ["500ms"] }).optional(),
      })
      .meta({
        description: "A distribution: log-normal by median and p99, or uniform from min to max.",
        examples: [
          { median: "250ms", p99: "3s" },
          { min: "100ms", max: "500ms" },
        ],
      }),
    z
      .array(duration({ description: "A latency that was measured.", examples: ["180ms"] }))
      .min(1)
      .max(10_000)
      .meta({
        description: "Measured latencies, of which each call takes one.",
        examples: [["180ms", "210ms", "1400ms"]],
      }),
  ])
  .meta({
    description:
      "How long the target takes: a duration, a distribution, or measured ones. Left out: what the gateway file states of each operation, else 1s.",
    examples: ["300ms", { median: "250ms", p99: "3s" }, ["180ms", "210ms", "1400ms"]],
  })
  .register(leaves, { kind: "duration", says: "a duration with its unit, a distribution, or a list of durations" });

const FAILURES = { throttled: "1%", retryAfter: "30s", error: "0.5%", hang: "0.1%" };

const failureShare = (description: string) => share({ description, examples: ["0.5%"], default: "0%" }).optional();

const failures = z
  .strictObject({
    throttled: failureShare("Share of the calls that are answered with 429."),
    retryAfter: duration({
      description: "What Retry-After says with a 429, in whole seconds. Left out: no such header.",
      examples: ["30s"],
    }).optional(),
    error: failureShare("Share of the calls that are answered with an error of the target's, `status`."),
    status: count(500, 599, "The status of these errors. Default 500.", 503).optional(),
    hang: failureShare("Share of the calls that get no answer, until `timeouts.response` ends them."),
    reset: failureShare("Share of the calls whose connection is reset after the request was sent."),
    refused: failureShare("Share of the calls that find no connection; nothing is sent."),
  })
  .meta({ description: "Shares of the calls that go wrong, at any time.", examples: [FAILURES] });

const outage = z
  .strictObject({
    from: moment({ description: "When it begins.", examples: ["Tue 09:00", "90m"] }),
    until: moment({ description: "When it ends.", examples: ["Tue 09:20", "2h"] }),
    failure: z
      .enum(["refused", "error", "throttled", "hang", "reset"])
      .meta({
        description: "What happens to every call meanwhile.",
        examples: ["hang"],
        enumDescriptions: [
          "No connection; nothing is sent.",
          "An error of the target's, 503.",
          "429, with Retry-After where `failures.retryAfter` is given.",
          "No answer, until `timeouts.response` ends the call.",
          "The connection is reset after the request was sent.",
        ],
      })
      .prefault("refused"),
  })
  .meta({ description: "A time in which every call fails.", examples: [{ from: "Tue 09:00", until: "Tue 09:20" }] });

const target = z
  .strictObject({
    latency: latency.optional(),
    failures: failures.optional(),
    outages: z
      .array(outage)
      .min(1)
      .max(100)
      .meta({
        description: "Times in which every call fails.",
        examples: [[{ from: "Tue 09:00", until: "Tue 09:20" }]],
      })
      .optional(),
  })
  .meta({ description: "How the target behaves.", examples: [{ latency: "300ms", failures: { throttled: "1%" } }] });

/** A load file, whole. */
export const loadFile = z
  .strictObject({
    version: z
      .literal(1)
      .meta({ description: "The version of this language.", examples: [1] })
      .prefault(1),
    description: text({
      description: "What load this is.",
      examples: ["A weekday with the nightly export"],
    }).optional(),
    for: duration({
      description:
        "How much time is simulated; --for of the command goes before it. Left out: until a backlog is worked off, for the time of what was recorded, and otherwise an hour, or a day where there is a daily curve.",
      examples: ["7d"],
    }).optional(),
    start: named(DATE_PATTERN, "a date, and perhaps a time, like 2026-01-05 06:00", {
      description:
        "The date, and perhaps the time, at which the load starts, in `zone`. Midnight of a Monday when left out.",
      examples: ["2026-01-05 06:00", "2026-03-27"],
      default: "2026-01-05",
    }).prefault("2026-01-05"),
    zone: text({
      description: "The IANA time zone that times of day are meant in.",
      examples: ["Europe/London"],
      default: "UTC",
    }).prefault("UTC"),
    arrivals,
    target: target.prefault({}),
  })
  .meta({ title: "Sluice load", description: "What comes in and how the target behaves, for `sluice simulate`." });

/** A load file as people write it. */
export type LoadFileInput = z.input<typeof loadFile>;

/** A valid load file, units parsed. */
export type LoadFile = z.output<typeof loadFile>;

/** Requests of one kind. */
export type LoadStream = z.output<typeof stream>;

/** How the target behaves. */
export type LoadTarget = LoadFile["target"];

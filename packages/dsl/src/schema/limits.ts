import { z } from "zod";
import { HOURS_PATTERN, RESET_PATTERN } from "../calendar";
import { count, duration, leaves, named, rate, share, tierName } from "./leaves";

const RATE = {
  description:
    "The target's limit: calls in any window of time, as its documentation states it. May be left out when `concurrency` is given.",
  examples: ["5/s", "30/m", "600/5m"],
};

export const rateLimit = z
  .union([
    rate(RATE),
    z
      .array(rate({ description: "Calls in any window of time.", examples: ["600/m"] }))
      .min(1)
      .max(5)
      .meta({ description: "Several limits, each of which holds.", examples: [["600/m", "5000/h", "10000/d"]] }),
  ])
  .meta({
    description: `${RATE.description} Units: ms, s, m, h, d.`,
    examples: ["5/s", "600/5m", ["600/m", "5000/h", "10000/d"]],
  })
  .register(leaves, { kind: "choice", says: "calls/window, like 5/s or 600/5m, or a list of them" });

const QUOTA = { calls: "5000/d", resets: "00:00 Europe/London", reserve: { HIGH: 500 } };

export const quota = z
  .strictObject({
    calls: rate({ description: "Calls between two resets.", examples: [QUOTA.calls] }),
    resets: named(RESET_PATTERN, "a time and a zone, like 00:00 Europe/London", {
      description: "When the target counts from zero again: a time of day and an IANA time zone.",
      examples: [QUOTA.resets],
    }),
    reserve: z
      .record(tierName, count(0, 10_000_000, "Calls that lower tiers may not use up.", 500))
      .meta({ description: "Calls kept for a tier and those above it.", examples: [QUOTA.reserve] })
      .optional(),
  })
  .meta({ description: "A budget that the target resets at a fixed time.", examples: [QUOTA] });

const HOURS = "Mon-Fri 06:00-22:00 Europe/London";

const openingHours = named(HOURS_PATTERN, `days, times and a zone, like ${HOURS}`, {
  description: "Days, times and an IANA time zone; an end before the start is on the next day.",
  examples: [HOURS],
});

export const hours = z
  .union([
    openingHours,
    z
      .array(openingHours)
      .min(1)
      .meta({ description: "Several opening times.", examples: [[HOURS]] }),
  ])
  .meta({ description: "When the target takes calls; outside of it requests wait.", examples: [HOURS] })
  .register(leaves, { kind: "choice", says: `days, times and a zone, like ${HOURS}, or a list of them` });

const tier = z
  .strictObject({
    name: tierName,
    timeout: duration({
      description: "From asking to the end of the call, retries and all; at most 13 days.",
      examples: ["2m", "1h", "24h"],
    }),
    share: share({
      description:
        "Share of the calls that this tier gets while it has work waiting, whatever waits above it, so that it never starves. Not for the highest tier.",
      examples: ["5%", "10%"],
      default: "5%",
    }).optional(),
    burst: count(
      1,
      1_000_000,
      "Calls of the limit kept for this tier and those above it, to be started at once instead of one interval apart.",
      60,
    ).optional(),
    reserve: share({
      description: "Share of the longer windows that lower tiers may not use up. Default 10% for the highest tier.",
      examples: ["10%"],
    }).optional(),
    maxReceives: count(
      1,
      1_000,
      "Receives after which a message is handled whatever waits above it (dispatch deferral).",
      100,
    ).optional(),
  })
  .meta({ description: "One priority level.", examples: [{ name: "HIGH", timeout: "2m" }] });

export const tiers = z
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
  ]);

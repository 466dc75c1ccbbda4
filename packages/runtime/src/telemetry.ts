import type { GatewayPlan, Json } from "@sluice/dsl";
import type { CallLine, Telemetry } from "./core/ports";

export interface TelemetryOptions {
  readonly plan: Pick<GatewayPlan, "name" | "limit">;
  /** Takes one line without its end. Not the console in Lambda: its JSON log format would wrap the line in another. */
  readonly write: (line: string) => void;
  readonly wallMs: () => number;
  /** Takes secrets out of what is written. */
  readonly redact: (text: string) => string;
}

const NAMESPACE = "Sluice";
const MINUTE_US = 60_000_000;

/** Events that somebody should be told of, and the metric that counts each. */
const COUNTED: Readonly<Record<string, string>> = {
  "gate-failed": "GateFailures",
  parked: "Parks",
  "unreadable-message": "UnreadableMessages",
  "callback-failed": "CallbackFailures",
  "receive-failed": "ReceiveFailures",
};

/** A value with its CloudWatch unit. */
type Metric = readonly [name: string, unit: "Count" | "Milliseconds" | "Percent", value: number];

/**
 * One JSON line a request's end and one an event, with CloudWatch's embedded metrics in the same line.
 *
 * Metrics by Gateway and Tier: Calls; Wait (from the execution's start to the call's), Age (from the message's sending to
 * the call's start) and Duration in milliseconds; one count by outcome; UsedShare, the percentage of one minute's calls
 * that this call used: its sum over a minute is the share of the limit used in that minute.
 */
export function createTelemetry({ plan, write, wallMs, redact }: TelemetryOptions): Telemetry {
  const put = (
    level: "INFO" | "WARN",
    event: string,
    fields: object,
    metrics: readonly Metric[],
    tier?: string,
  ): void => {
    try {
      const now = wallMs();
      const line = {
        timestamp: new Date(now).toISOString(),
        level,
        event,
        Gateway: plan.name,
        ...(tier === undefined ? {} : { Tier: tier }),
        ...fields,
        ...Object.fromEntries(metrics.map(([name, , value]) => [name, value])),
        ...(metrics.length === 0
          ? {}
          : { _aws: emf(now, metrics, tier === undefined ? ["Gateway"] : ["Gateway", "Tier"]) }),
      };
      write(redact(JSON.stringify(line)));
    } catch {
      // Telemetry must not stop a call, and there is no better place to say that it failed.
    }
  };
  return {
    call({ tier, waitMs, ageMs, durationMs, ...fields }) {
      const level = fields.outcome === "success" || fields.outcome === "gone" ? "INFO" : "WARN";
      put(level, "call", fields, callMetrics({ waitMs, ageMs, durationMs, outcome: fields.outcome }, plan), tier);
    },
    event(name, fields) {
      const counter = COUNTED[name];
      const metrics: Metric[] = counter === undefined ? [] : [[counter, "Count", 1]];
      put(counter === undefined ? "INFO" : "WARN", name, { ...fields }, metrics);
    },
  };
}

function callMetrics(
  { waitMs, ageMs, durationMs, outcome }: Pick<CallLine, "waitMs" | "ageMs" | "durationMs" | "outcome">,
  plan: TelemetryOptions["plan"],
): Metric[] {
  const metrics: Metric[] = [[outcome.charAt(0).toUpperCase() + outcome.slice(1), "Count", 1]];
  // Only what became a call has these: what ended before one must not count as one, nor as a wait of nothing.
  if (durationMs !== undefined) {
    metrics.push(["Calls", "Count", 1], ["UsedShare", "Percent", (plan.limit.intervalUs / MINUTE_US) * 100]);
    metrics.push(["Duration", "Milliseconds", Math.round(durationMs)]);
  }
  if (waitMs !== undefined) metrics.push(["Wait", "Milliseconds", Math.round(waitMs)]);
  if (ageMs !== undefined) metrics.push(["Age", "Milliseconds", Math.round(ageMs)]);
  return metrics;
}

function emf(now: number, metrics: readonly Metric[], dimensions: readonly string[]): Json {
  return {
    Timestamp: now,
    CloudWatchMetrics: [
      {
        Namespace: NAMESPACE,
        Dimensions: [[...dimensions]],
        Metrics: metrics.map(([Name, Unit]) => ({ Name, Unit })),
      },
    ],
  };
}

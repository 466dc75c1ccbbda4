import { isZone } from "../calendar";
import { parseDuration } from "../duration";
import type { Finding } from "../findings";
import { isMap, valueAt } from "../merge-patch";
import type { GatewayDocument, Path } from "../parse";
import { parseShare } from "../rate";
import { howToMend } from "../rules/unknown-zone";
import type { Json } from "../units";
import { loadFinding } from "./finding";
import { DATE_PATTERN, isDate } from "./moment";

type Map = { readonly [key: string]: Json };

/** What the shape of a load file cannot say. It looks at what is written, so that it also speaks where the rest is wrong. */
export function checkLoad(document: GatewayDocument): Finding[] {
  return [
    ...streamsIn(document.value).flatMap(({ path, stream }) => checkStream(document, path, stream)),
    ...checkTarget(document),
    ...checkCalendar(document),
  ];
}

/** The kinds of requests that are maps, with their places. */
export function streamsIn(value: Json | undefined): { readonly path: Path; readonly stream: Map }[] {
  const arrivals = valueAt(value, ["arrivals"]);
  if (!Array.isArray(arrivals)) return [];
  return arrivals.flatMap((stream, index) => (isMap(stream) ? [{ path: ["arrivals", index], stream }] : []));
}

/** What says when requests come, each with the keys that say more about it. */
const WHEN: Readonly<Record<string, readonly string[]>> = {
  rate: ["spacing", "from", "until", "days"],
  gusts: ["spacing", "from", "until", "days"],
  backlog: ["at", "within"],
  recorded: [],
};
const DETAILS = ["spacing", "at", "within", "from", "until", "days"];

function checkStream(document: GatewayDocument, path: Path, stream: Map): Finding[] {
  const [when, ...more] = Object.keys(stream).filter((key) => Object.hasOwn(WHEN, key));
  if (when === undefined || more.length > 0) return [whenTheyCome(document, path, when, more)];
  const idle = DETAILS.filter((key) => Object.hasOwn(stream, key) && !WHEN[when]?.includes(key));
  return [
    ...idle.map((key) => withoutEffect(document, [...path, key], key, ownerOf(key))),
    ...order(document, path, stream),
    ...gustsOverlap(document, path, stream),
  ];
}

const ownerOf = (key: string): string =>
  Object.keys(WHEN)
    .filter((when) => WHEN[when]?.includes(key))
    .join(" and ");

function whenTheyCome(
  document: GatewayDocument,
  path: Path,
  when: string | undefined,
  more: readonly string[],
): Finding {
  const names = Object.keys(WHEN).join(", ");
  return when === undefined
    ? loadFinding(document, path, "key", {
        rule: "LD001",
        name: "when-they-come",
        what: "nothing says when these requests come",
        why: `One of ${names} does.`,
        hint: "Add for example rate: 2/s, or backlog: 10000.",
      })
    : loadFinding(document, [...path, more[0] ?? ""], "key", {
        rule: "LD001",
        name: "when-they-come",
        what: `${more[0]} stands beside ${when}`,
        why: `One kind of requests comes in one way: by one of ${names}.`,
        hint: "Make two items of the list arrivals of it, or remove one of them.",
      });
}

const withoutEffect = (document: GatewayDocument, path: Path, key: string, owner: string): Finding =>
  loadFinding(document, path, "key", {
    rule: "LD002",
    name: "without-effect",
    what: `${key} has no effect here`,
    why: `It says more about ${owner}, which is not here.`,
    hint: `Remove ${key}, or add ${owner.split(" and ")[0]}.`,
  });

/** An end that is not after its beginning, as far as durations tell. */
function order(document: GatewayDocument, path: Path, map: Map): Finding[] {
  const [from, until] = [durationOf(map.from), durationOf(map.until)];
  if (from === undefined || until === undefined || until > from) return [];
  return [
    loadFinding(document, [...path, "until"], "value", {
      rule: "LD003",
      name: "ends-before-it-begins",
      what: "until is not after from",
      why: "Both are counted from the load's start, so nothing would happen in between.",
      hint: `Write an until after ${String(map.from)}.`,
    }),
  ];
}

function gustsOverlap(document: GatewayDocument, path: Path, { gusts }: Map): Finding[] {
  const within = isMap(gusts) ? durationOf(gusts.within ?? "1s") : undefined;
  const every = isMap(gusts) ? durationOf(gusts.every) : undefined;
  if (within === undefined || every === undefined || within <= every) return [];
  const place = isMap(gusts) && Object.hasOwn(gusts, "within") ? "within" : "every";
  return [
    loadFinding(document, [...path, "gusts", place], "value", {
      rule: "LD003",
      name: "ends-before-it-begins",
      what: "a gust lasts longer than the time to the next one",
      why: "There would be no silence between gusts, and no gusts.",
      hint: "Write a within below every, or a rate instead of gusts.",
    }),
  ];
}

function checkTarget(document: GatewayDocument): Finding[] {
  const target = valueAt(document.value, ["target"]);
  if (!isMap(target)) return [];
  const outages = Array.isArray(target.outages) ? target.outages : [];
  return [
    ...(isMap(target.latency) ? checkLatency(document, target.latency) : []),
    ...(isMap(target.failures) ? checkFailures(document, target.failures, outages) : []),
    ...outages.flatMap((outage, index) => (isMap(outage) ? order(document, ["target", "outages", index], outage) : [])),
  ];
}

/** The ways to describe latencies: each pair of keys together, the lower one first. */
const PAIRS = [
  ["median", "p99"],
  ["min", "max"],
] as const;

function checkLatency(document: GatewayDocument, latency: Map): Finding[] {
  const path = ["target", "latency"];
  const begun = PAIRS.filter((pair) => pair.some((key) => Object.hasOwn(latency, key)));
  const [pair] = begun;
  const lower = pair && durationOf(latency[pair[0]]);
  const upper = pair && durationOf(latency[pair[1]]);
  const isWhole = begun.length === 1 && pair?.every((key) => Object.hasOwn(latency, key));
  if (!isWhole)
    return [
      loadFinding(document, path, "key", {
        rule: "LD004",
        name: "latency-form",
        what: "a distribution needs median and p99, or min and max",
        why: "By median and p99 latencies are log-normal, by min and max all between them are equally likely.",
        hint: "Write for example latency: { median: 250ms, p99: 3s }.",
      }),
    ];
  if (lower === undefined || upper === undefined || lower <= upper) return [];
  return [
    loadFinding(document, [...path, pair?.[1] ?? ""], "value", {
      rule: "LD004",
      name: "latency-form",
      what: `${pair?.[1]} is below ${pair?.[0]}`,
      why: `${pair?.[0]} is the smaller of the two by its meaning.`,
      hint: `Write a ${pair?.[1]} of at least ${String(latency[pair?.[0] ?? ""])}.`,
    }),
  ];
}

const SHARES = ["throttled", "error", "hang", "reset", "refused"];

function checkFailures(document: GatewayDocument, failures: Map, outages: readonly Json[]): Finding[] {
  const path = ["target", "failures"];
  const shares = SHARES.flatMap((key) => shareOf(failures[key]) ?? []);
  const sum = shares.reduce((total, one) => total + one, 0);
  const has = (key: string) => Object.hasOwn(failures, key);
  const isThrottled = has("throttled") || outages.some((one) => isMap(one) && one.failure === "throttled");
  return [
    ...(sum > 1 + 1e-9
      ? [
          loadFinding(document, path, "key", {
            rule: "LD005",
            name: "more-than-all",
            what: `the shares add up to ${Number((sum * 100).toFixed(2))}%`,
            why: "Each call fails in one way at most, so together they are at most 100%.",
            hint: "Lower them. For a time in which every call fails write an outage.",
          }),
        ]
      : []),
    ...(has("retryAfter") && !isThrottled
      ? [withoutEffect(document, [...path, "retryAfter"], "retryAfter", "throttled")]
      : []),
    ...(has("status") && !has("error") ? [withoutEffect(document, [...path, "status"], "status", "error")] : []),
  ];
}

function checkCalendar(document: GatewayDocument): Finding[] {
  const zone = valueAt(document.value, ["zone"]);
  const start = valueAt(document.value, ["start"]);
  const findings: Finding[] = [];
  if (typeof zone === "string" && zone !== "?" && !isZone(zone))
    findings.push(
      loadFinding(document, ["zone"], "value", {
        rule: "LD006",
        name: "unknown-zone",
        what: `there is no time zone ${zone}`,
        why: "Without it nobody knows when a time of day is, nor when clocks are changed there.",
        hint: howToMend(zone),
      }),
    );
  if (typeof start === "string" && DATE_PATTERN.test(start) && !isDate(start))
    findings.push(
      loadFinding(document, ["start"], "value", {
        rule: "LD007",
        name: "no-such-date",
        what: `there is no day ${start.slice(0, 10)}`,
        why: "A date is year, month and day.",
        hint: "Write a day of the calendar, like 2026-01-05.",
      }),
    );
  return findings;
}

const durationOf = (value: Json | undefined) => (typeof value === "string" ? parseDuration(value) : undefined);

const shareOf = (value: Json | undefined) => (typeof value === "string" ? parseShare(value) : undefined);

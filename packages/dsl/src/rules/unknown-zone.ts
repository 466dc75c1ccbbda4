import { isZone, parseHours, parseReset } from "../calendar";
import { didYouMean } from "../did-you-mean";
import { valueAt } from "../merge-patch";
import type { Path } from "../parse";
import { defineRule, text } from "../rule";
import type { Subject } from "../subject";

export const unknownZone = defineRule({
  id: "SL039",
  name: "unknown-zone",
  severity: "error",
  messages: {
    unknown: {
      what: text`there is no time zone ${"zone"}`,
      why: text`Without it nobody knows when ${"time"} is, nor when clocks are changed there.`,
      mend: text`${"advice"}`,
    },
    abbreviation: {
      what: text`${"zone"} is no time zone but an abbreviation`,
      why: text`The IANA time zone database does not have it; some programs read it as ${"meaning"}, others not at all, and many abbreviations stand for several zones.`,
      mend: text`Write the zone by its region and city: ${"meaning"} if that is what you mean.`,
    },
  },
  check: (subject, report) => {
    for (const { path, text, time, zone } of zonesOf(subject)) {
      const place = { path, slice: [text.length - zone.length, text.length] as const };
      if (!isZone(zone)) report("unknown", place, { zone, time, advice: howToMend(zone) });
      else if (ABBREVIATIONS.has(zone.toUpperCase())) report("abbreviation", place, { zone, meaning: meaningOf(zone) });
    }
  },
});

/**
 * Names that Node knows and IANA's database does not: a leftover of the first days of Java. BST is Dhaka in it, and
 * not London; IST is Calcutta, and neither Dublin nor Jerusalem.
 */
const ABBREVIATIONS: ReadonlySet<string> = new Set(
  "ACT AET AGT ART AST BET BST CAT CNT CST CTT EAT ECT IET IST JST MIT NET NST PLT PNT PRT PST SST VST".split(" "),
);

const meaningOf = (zone: string): string =>
  new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone;

interface ZonePlace {
  readonly path: Path;
  readonly text: string;
  /** What the zone is needed for, as the file writes it. */
  readonly time: string;
  readonly zone: string;
}

/** Every time of the file that has the shape of one, with its zone. */
function zonesOf({ value }: Subject): ZonePlace[] {
  const hours = valueAt(value, ["hours"]);
  const items = Array.isArray(hours) ? hours.map((_, index): Path => ["hours", index]) : [["hours"]];
  return [...items, ["quota", "resets"]].flatMap((path) => {
    const text = valueAt(value, path);
    if (typeof text !== "string") return [];
    const found = path[0] === "hours" ? parseHours(text) : parseReset(text);
    return found ? [{ path, text, time: text.slice(0, -found.zone.length - 1), zone: found.zone }] : [];
  });
}

/** What to write instead of a zone that is none. */
export function howToMend(zone: string): string {
  const guess = guessZone(zone);
  return guess
    ? `Did you mean ${guess}?`
    : "Write a zone of the IANA time zone database, by region and city: Europe/London, America/New_York; or UTC.";
}

/** The city's zone, for those who leave out its region or take another; else the nearest name, else the nearest city's. */
function guessZone(zone: string): string | undefined {
  const zones = [...Intl.supportedValuesOf("timeZone"), "UTC"];
  const zoneOf = (city: string | undefined) => zones.find((one) => cityOf(one).toLowerCase() === city?.toLowerCase());
  return zoneOf(cityOf(zone)) ?? didYouMean(zone, zones) ?? zoneOf(didYouMean(cityOf(zone), zones.map(cityOf)));
}

const cityOf = (zone: string): string => zone.slice(zone.lastIndexOf("/") + 1);

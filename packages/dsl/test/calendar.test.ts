import fc from "fast-check";
import { HOURS_PATTERN, isZone, parseHours, parseReset } from "../src/calendar";
import { longestClosed, openTimes, openWeek } from "../src/opening-week";

const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const ZONES = ["UTC", "Europe/London", "America/Argentina/Buenos_Aires", "Etc/GMT+5", "Asia/Ho_Chi_Minh"];

const clock = (minute: number) =>
  [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, "0")).join(":");
const minuteOfDay = fc.integer({ min: 0, max: 1_439 });
const endMinute = fc.integer({ min: 0, max: 1_440 });
const day = fc.integer({ min: 0, max: 6 });
const zone = fc.constantFrom(...ZONES);
const hours = fc.record({
  days: fc.uniqueArray(day, { minLength: 1, maxLength: 7 }),
  fromMinute: minuteOfDay,
  toMinute: endMinute,
  zone: fc.constant("UTC"),
});

test("hours are days, minutes of the day and a zone", () => {
  expect(parseHours("Mon-Fri 06:00-22:30 Europe/London")).toEqual({
    days: [0, 1, 2, 3, 4],
    fromMinute: 360,
    toMinute: 1_350,
    zone: "Europe/London",
  });
});

test("hours without days are those of every day", () => {
  expect(parseHours("06:00-22:00 UTC")?.days).toEqual([0, 1, 2, 3, 4, 5, 6]);
});

test.each([
  ["Mon", [0]],
  ["Sun", [6]],
  ["Mon,Wed,Fri", [0, 2, 4]],
  ["Mon-Wed,Sat", [0, 1, 2, 5]],
  ["Sat-Mon", [5, 6, 0]],
  ["Sun-Sat", [6, 0, 1, 2, 3, 4, 5]],
  ["Fri-Fri", [4]],
])("%s are the days %j, counted from Monday", (days, expected) => {
  expect(parseHours(`${days} 06:00-22:00 UTC`)?.days).toEqual(expected);
});

test("whatever is written of days, times and a zone is read back", () => {
  fc.assert(
    fc.property(day, day, minuteOfDay, endMinute, zone, (first, last, from, to, zone) => {
      const read = parseHours(`${DAYS[first]}-${DAYS[last]} ${clock(from)}-${clock(to)} ${zone}`);
      expect(read).toMatchObject({ fromMinute: from, toMinute: to, zone });
      expect([read?.days[0], read?.days.at(-1)]).toEqual([first, last]);
      for (const [index, day] of (read?.days ?? []).entries()) expect(day).toBe((first + index) % 7);
      expect(new Set(read?.days).size).toBe(read?.days.length);
    }),
  );
});

test("a reset that is written is read back", () => {
  fc.assert(
    fc.property(minuteOfDay, zone, (minute, zone) => {
      expect(parseReset(`${clock(minute)} ${zone}`)).toEqual({ minute, zone });
    }),
  );
});

test.each([
  "",
  "Mon-Fri",
  "06:00-22:00",
  "Mon-Fri 6:00-22:00 UTC",
  "Mon-Fri 06:00-24:30 UTC",
  "24:00-06:00 UTC",
  "Mo-Fr 06:00-22:00 UTC",
  "mon 06:00-22:00 UTC",
  "Mon- 06:00-22:00 UTC",
  "Mon-Fri  06:00-22:00 UTC",
  "Mon-Fri 06:00-22:00 UTC ",
  "Mon-Fri 06:00 - 22:00 UTC",
  "Mon-Fri 06:60-22:00 UTC",
])("%j is no opening hours", (text) => {
  expect(parseHours(text)).toBeUndefined();
});

test.each(["", "00:00", "24:00 UTC", "midnight UTC", "0:00 UTC", "00:00  UTC", "00:00 UTC+1", "UTC 00:00"])(
  "%j is no reset",
  (text) => {
    expect(parseReset(text)).toBeUndefined();
  },
);

test("no text makes the parsers throw, and what they give lies within a week", () => {
  const piece = fc.constantFrom("Mon", "Sun", "-", ",", " ", "06:00", "00:00", "24:00", "UTC", "Asia/Tokyo", "é", "\0");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 9 }), (pieces) => {
      const text = pieces.join("");
      const [read, reset] = [parseHours(text), parseReset(text)];
      expect(read !== undefined).toBe(HOURS_PATTERN.test(text));
      for (const [from, to] of read ? openTimes(read) : []) expect(0 <= from && from < to && to <= 10_080).toBe(true);
      if (reset) expect(reset.minute >= 0 && reset.minute < 1_440 && text.endsWith(reset.zone)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test.each(ZONES)("%s is a zone, asked for once or twice", (zone) => {
  expect([isZone(zone), isZone(zone)]).toEqual([true, true]);
});

test.each(["Europe/Londn", "Nowhere", "", "constructor"])("%j is no zone, asked for once or twice", (zone) => {
  expect([isZone(zone), isZone(zone)]).toEqual([false, false]);
});

test("hours of a day are one range of the week", () => {
  expect(openTimes({ days: [0, 6], fromMinute: 360, toMinute: 1_320, zone: "UTC" })).toEqual([
    [360, 1_320],
    [6 * 1_440 + 360, 6 * 1_440 + 1_320],
  ]);
});

test("an end at or before the start is on the next day, and Sunday's next day is Monday", () => {
  expect(openTimes({ days: [0, 6], fromMinute: 1_320, toMinute: 360, zone: "UTC" })).toEqual([
    [1_320, 1_440 + 360],
    [6 * 1_440 + 1_320, 7 * 1_440],
    [0, 360],
  ]);
  expect(openTimes({ days: [0], fromMinute: 480, toMinute: 480, zone: "UTC" })).toEqual([[480, 1_440 + 480]]);
});

test("ranges of several hours are joined where they touch or overlap", () => {
  const all = ["Mon 06:00-12:00 UTC", "Mon 12:00-14:00 UTC", "Mon 13:00-15:00 UTC", "Mon 16:00-17:00 UTC"];
  expect(openWeek(all.flatMap((text) => parseHours(text) ?? []))).toEqual([
    [360, 900],
    [960, 1_020],
  ]);
});

test("the longest closed time is that of a week looked at minute by minute, round its end", () => {
  fc.assert(
    fc.property(fc.array(hours, { minLength: 1, maxLength: 3 }), (all) => {
      const isOpen = new Array<boolean>(2 * 7 * 1_440).fill(false);
      for (const { days, fromMinute, toMinute } of all)
        for (const day of [...days, ...days.map((one) => one + 7), ...days.map((one) => one - 7)])
          for (let minute = fromMinute; minute < toMinute + (toMinute > fromMinute ? 0 : 1_440); minute++)
            if (day * 1_440 + minute >= 0) isOpen[day * 1_440 + minute] = true;
      const runs = isOpen
        .slice(0, 2 * 7 * 1_440)
        .map((open) => (open ? "o" : "."))
        .join("");
      const longest = Math.max(0, ...runs.split(/o+/).map((run) => run.length));
      expect(longestClosed(openWeek(all))).toBe(longest);
    }),
    { numRuns: 60 },
  );
});

test("a week without hours is closed for all of it, and one of all hours never", () => {
  expect(longestClosed([])).toBe(7 * 1_440);
  expect(longestClosed(openWeek([{ days: [0, 1, 2, 3, 4, 5, 6], fromMinute: 0, toMinute: 1_440, zone: "UTC" }]))).toBe(
    0,
  );
});

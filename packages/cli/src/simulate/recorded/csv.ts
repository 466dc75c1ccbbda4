import { didYouMean, type GatewayNames, unknownName, us } from "@sluice/dsl";
import { CsvError, parse } from "csv-parse/sync";
import { MAX_FINDINGS, type ReadRecording, type RecordedStart, recordingFinding } from "./recording";
import { parseTime, type RecordedTime, TIME_FORMS } from "./time";

type Column = "time" | "tier" | "operation";

/** What a column may be called, in small letters. */
const TITLES: Readonly<Record<Column, readonly string[]>> = {
  time: ["time", "timestamp", "@timestamp", "date", "at", "start", "started", "startdate", "start_date", "starttime"],
  tier: ["tier", "priority"],
  operation: ["operation"],
};
const COLUMNS: readonly Column[] = ["time", "tier", "operation"];

/** What stands between fields. */
const DELIMITERS = [",", ";", "\t"];

interface Row {
  readonly fields: readonly string[];
  /** As it stands in the file, and where. */
  readonly raw: string;
  readonly offset: number;
}

/**
 * Recorded starts as a table: time, tier, operation; with a line of titles or in this order. Tier and operation may be
 * missing or empty.
 */
export function readCsv(text: string, file: string, names: GatewayNames): ReadRecording {
  let rows: readonly Row[];
  try {
    rows = rowsOf(text);
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return { findings: [brokenTable(error, text, file)] };
  }
  const [first] = rows;
  const titles = first === undefined ? undefined : titlesOf(first);
  const wrongTitle = first && titles ? misspelt(first, titles, file) : undefined;
  if (wrongTitle) return { findings: [wrongTitle] };
  const places = titles ?? new Map(COLUMNS.map((column, index) => [column, index]));
  const read = readRows(titles ? rows.slice(1) : rows, places, { file, names });
  if (read.findings.length > 0) return { findings: read.findings };
  if (read.starts.length === 0) return { findings: [empty(text, file)] };
  const notes = titles && first ? unread(first, titles) : [];
  return { recording: { starts: read.starts, firstAtMs: read.firstAtMs, notes } };
}

/** Whether a text is such a table: its first line has titles that are known, or begins with a time. */
export function isCsv(text: string): boolean {
  const line = text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/, 50)
    .find((one) => one.trim() !== "" && !one.startsWith("#"));
  if (line === undefined) return false;
  const fields = line.split(/[,;\t]/).map((field) => field.trim().replace(/^"(.*)"$/, "$1"));
  const [first = ""] = fields;
  const isTitled = fields.some((field) => TITLES.time.includes(field.toLowerCase()));
  // `2h` alone could be YAML as well, but no load is a single duration.
  return isTitled || parseTime(first) !== undefined;
}

function rowsOf(text: string): Row[] {
  const records = parse(text, {
    bom: true,
    comment: "#",
    comment_no_infix: true,
    delimiter: DELIMITERS,
    raw: true,
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
  }) as unknown as { record: string[]; raw: string }[];
  let from = 0;
  return records.map(({ record, raw }) => {
    const line = raw.replace(/^\r?\n/, "").replace(/\r?\n$/, "");
    const offset = text.indexOf(line, from);
    from = offset + line.length;
    return { fields: record, raw: line, offset };
  });
}

/** Which column stands where; undefined where the first row is not one of titles. */
function titlesOf({ fields }: Row): ReadonlyMap<Column, number> | undefined {
  if (parseTime(fields[0] ?? "") !== undefined) return undefined;
  const places = COLUMNS.flatMap((column): [Column, number][] => {
    const place = fields.findIndex((field) => TITLES[column].includes(field.toLowerCase()));
    return place < 0 ? [] : [[column, place]];
  });
  return new Map(places);
}

/** A title that is nearly one that is missing: without it every request would be taken for another. */
function misspelt(row: Row, titles: ReadonlyMap<Column, number>, file: string) {
  const missing = COLUMNS.filter((column) => !titles.has(column));
  for (const [index, field] of row.fields.entries()) {
    const guess = [...titles.values()].includes(index) ? undefined : didYouMean(field, missing);
    if (guess !== undefined)
      return recordingFinding(file, rangeOf(row, index), {
        rule: "LD010",
        name: "unknown-column",
        what: `there is no column ${field}`,
        why: "Columns are time, tier and operation; others are not read.",
        hint: `Did you mean ${guess}?`,
      });
  }
  if (titles.has("time")) return undefined;
  return recordingFinding(file, rangeOf(row, 0), {
    rule: "LD010",
    name: "unknown-column",
    what: "no column is called time",
    why: "Without it nobody knows when the requests came.",
    hint: `Write a first line with time,tier,operation. ${TIME_FORMS}`,
  });
}

const unread = ({ fields }: Row, titles: ReadonlyMap<Column, number>): string[] => {
  const others = fields.filter((_, index) => ![...titles.values()].includes(index));
  return others.length === 0 ? [] : [`Columns that are not read: ${others.join(", ")}.`];
};

interface Given {
  readonly file: string;
  readonly names: GatewayNames;
}

function readRows(rows: readonly Row[], places: ReadonlyMap<Column, number>, given: Given) {
  const findings: ReturnType<typeof recordingFinding>[] = [];
  const timed: {
    readonly time: RecordedTime;
    readonly tier: string | undefined;
    readonly operation: string | undefined;
  }[] = [];
  // How the first time is written, all others are.
  let kind: RecordedTime["kind"] | undefined;
  for (const row of rows) {
    const found = checkRow(row, places, kind, given);
    findings.push(...found);
    if (findings.length >= MAX_FINDINGS) break;
    const time = parseTime(fieldOf(row, places.get("time")));
    kind ??= time?.kind;
    if (found.length === 0 && time !== undefined)
      timed.push({
        time,
        tier: fieldOf(row, places.get("tier")) || undefined,
        operation: fieldOf(row, places.get("operation")) || undefined,
      });
  }
  return { findings, ...startsOf(timed) };
}

/** In their order, counted from the first of them, or from where they are counted from already. */
function startsOf(timed: readonly { time: RecordedTime; tier: string | undefined; operation: string | undefined }[]): {
  starts: RecordedStart[];
  firstAtMs: number | undefined;
} {
  const firstAtMs = timed.reduce<number | undefined>(
    (first, { time }) => (time.kind === "instant" && (first === undefined || time.ms < first) ? time.ms : first),
    undefined,
  );
  const starts = timed.map(({ time, tier, operation }) => ({
    atUs: time.kind === "after" ? time.us : us((time.ms - (firstAtMs ?? 0)) * 1_000),
    tier,
    operation,
    request: undefined,
  }));
  return { starts: starts.sort((a, b) => a.atUs - b.atUs), firstAtMs };
}

function checkRow(
  row: Row,
  places: ReadonlyMap<Column, number>,
  kind: RecordedTime["kind"] | undefined,
  { file, names }: Given,
) {
  const found: ReturnType<typeof recordingFinding>[] = [];
  const timePlace = places.get("time");
  const text = fieldOf(row, timePlace);
  const time = parseTime(text);
  if (time === undefined)
    found.push(
      recordingFinding(file, rangeOf(row, timePlace ?? 0), {
        rule: "LD011",
        name: "no-time",
        what: text === "" ? "the time is missing" : `${text} is no time`,
        why: "Without it nobody knows when this request came.",
        hint: TIME_FORMS,
      }),
    );
  else if (kind !== undefined && time.kind !== kind)
    found.push(
      recordingFinding(file, rangeOf(row, timePlace ?? 0), {
        rule: "LD011",
        name: "no-time",
        what: `${text} is ${time.kind === "after" ? "a time after the start" : "an instant"}, and those above are not`,
        why: "Nobody knows how the two follow each other.",
        hint: "Write all times in one way.",
      }),
    );
  for (const column of ["tier", "operation"] as const) {
    const name = fieldOf(row, places.get(column));
    const words = name === "" ? undefined : unknownName(column, name, names);
    if (words) found.push(recordingFinding(file, rangeOf(row, places.get(column) ?? 0), words));
  }
  return found;
}

const fieldOf = ({ fields }: Row, place: number | undefined): string =>
  place === undefined ? "" : (fields[place] ?? "");

/** Where a field stands in the file; the whole row where it has none. */
function rangeOf({ raw, offset, fields }: Row, place: number): readonly [number, number] {
  if (place >= fields.length) return [offset, offset + Math.max(1, raw.length)];
  let at = 0;
  for (let index = 0; index < place; index++) at = endOfField(raw, at) + 1;
  const whole = raw.slice(at, endOfField(raw, at));
  const start = offset + at + (whole.length - whole.trimStart().length);
  return [start, start + Math.max(1, whole.trim().length)];
}

/** The delimiter behind the field that begins at an offset, those in quotes left out. */
function endOfField(raw: string, from: number): number {
  let isQuoted = false;
  for (let at = from; at < raw.length; at++) {
    const char = raw[at] ?? "";
    if (char === '"') isQuoted = !isQuoted;
    else if (!isQuoted && DELIMITERS.includes(char)) return at;
  }
  return raw.length;
}

function brokenTable(error: CsvError, text: string, file: string) {
  const line = lineOf(error, text);
  const lines = text.split("\n").slice(0, line - 1);
  const start = lines.reduce((sum, one) => sum + one.length + 1, 0);
  const length = text.slice(start).split(/\r?\n/, 1)[0]?.length ?? 0;
  return recordingFinding(file, [start, start + Math.max(1, length)], {
    rule: "LD012",
    name: "broken-recording",
    what: "this line is no row of a table",
    why: "A quote is open or stands in the middle of a field, so nobody knows where its fields end.",
    hint: "Close the quote, or write it twice within quotes.",
  });
}

/** Of the row that could not be read, counted from 1. */
function lineOf({ code, raw, lines }: CsvError, text: string): number {
  if (code !== "CSV_QUOTE_NOT_CLOSED" || typeof raw !== "string") return Number(lines ?? 1);
  // A quote that is never closed is noticed at the end of the file: `raw` is all of it from its row on, and before that
  // what was skipped, where the parser leaves out half of each CRLF.
  const row = raw.replace(/^(?:(?:#.*|\s*)[\r\n]+)+/, "");
  return text.slice(0, text.length - row.length).split("\n").length;
}

const empty = (text: string, file: string) =>
  recordingFinding(file, [0, Math.max(1, text.split(/\r?\n/, 1)[0]?.length ?? 1)], {
    rule: "LD013",
    name: "empty-recording",
    what: "there is no request in it",
    why: "A recording has a row for each request.",
    hint: "Write rows like 2026-01-05T06:00:00Z,HIGH,company.",
  });

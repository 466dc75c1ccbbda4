import { dirname, join } from "node:path";
import {
  type Finding,
  type GatewayDocument,
  type GatewayPlan,
  type LoadFile,
  loadFinding,
  namesOf,
  readLoad,
  streamsOf,
} from "@sluice/dsl";
import { ToolFailure } from "../failures";
import { type GatewayFile, readText } from "../files";
import type { Io } from "../io";
import { isCsv, readCsv } from "./recorded/csv";
import { isExecutions, readExecutions } from "./recorded/executions";
import type { ReadRecording, Recording } from "./recorded/recording";

/** What a `--load` says, with all that it names. */
export interface LoadSource {
  /** As typed. */
  readonly file: string;
  readonly load: LoadFile;
  /** The load file, for findings in it; of a recording one that only names it. */
  readonly document: GatewayDocument;
  /** By the number of their stream. */
  readonly recordings: ReadonlyMap<number, Recording>;
  /** Epoch milliseconds of the start, where a recording tells it more exactly than a load file could. */
  readonly startMs?: number;
}

/** A load, or what is wrong in it, with the texts that are needed to show that. */
export type ReadLoadSource =
  | { readonly source: LoadSource; readonly findings?: undefined }
  | { readonly source?: undefined; readonly findings: readonly Finding[]; readonly files: readonly GatewayFile[] };

/**
 * Reads what `--load` names: a load file, or a recording. Which of them it is shows in its content.
 *
 * @throws ToolFailure when a file cannot be read
 */
export async function readLoadSource(file: string, plan: GatewayPlan, io: Io): Promise<ReadLoadSource> {
  const text = await readText(file, io).catch((error: unknown) => {
    throw error instanceof ToolFailure && error.reason === "missing" ? noLoad(error) : error;
  });
  const read = readerOf(text, file);
  if (read !== undefined) return ofRecording(file, text, read(text, file, namesOf(plan)));
  const { document, load, findings } = readLoad(text, file, namesOf(plan));
  if (load === undefined) return { findings, files: [{ file, text }] };
  return withRecordings({ file, load, document, recordings: new Map() }, plan, io);
}

const noLoad = ({ message }: ToolFailure): ToolFailure =>
  new ToolFailure(
    `${message} --load names what comes in: a YAML file, of one line at least: arrivals: 5/s. The files in loads/ are examples.`,
    "missing",
  );

type Reader = (text: string, file: string, names: ReturnType<typeof namesOf>) => ReadRecording;

/** Who reads a text as a recording; nobody where it is a load file. */
function readerOf(text: string, file: string): Reader | undefined {
  if (isExecutions(text)) return readExecutions;
  return /\.csv$/i.test(file) || isCsv(text) ? readCsv : undefined;
}

/** A recording alone is a load whose target behaves as the gateway file says. */
function ofRecording(file: string, text: string, { recording, findings }: ReadRecording): ReadLoadSource {
  if (recording === undefined) return { findings, files: [{ file, text }] };
  const start = recording.firstAtMs === undefined ? "" : `start: ${startText(recording.firstAtMs)}\n`;
  const written = `${start}arrivals: [{ recorded: ${JSON.stringify(file)} }]\n`;
  const { document, load } = readLoad(written, file);
  if (load === undefined) throw new Error(`a recording gave no load: ${written}`);
  return { source: { file, load, document, recordings: new Map([[0, recording]]), startMs: recording.firstAtMs } };
}

const startText = (ms: number): string => new Date(ms).toISOString().slice(0, 16).replace("T", " ");

async function withRecordings(source: LoadSource, plan: GatewayPlan, io: Io): Promise<ReadLoadSource> {
  const recordings = new Map<number, Recording>();
  const findings: Finding[] = [];
  const files: GatewayFile[] = [{ file: source.file, text: source.document.text }];
  for (const [index, { recorded }] of streamsOf(source.load).entries()) {
    if (recorded === undefined) continue;
    const file = join(dirname(source.file), recorded);
    const text = await readText(file, io).catch((error: unknown) => {
      if (!(error instanceof ToolFailure) || error.reason !== "missing") throw error;
      findings.push(noRecording(source.document, index, file));
    });
    if (text === undefined) continue;
    const read = (readerOf(text, file) ?? readCsv)(text, file, namesOf(plan));
    files.push({ file, text });
    if (read.recording === undefined) findings.push(...read.findings);
    else recordings.set(index, read.recording);
  }
  return findings.length > 0 ? { findings, files } : { source: { ...source, recordings } };
}

const noRecording = (document: GatewayDocument, index: number, file: string): Finding =>
  loadFinding(document, ["arrivals", index, "recorded"], "value", {
    rule: "LD014",
    name: "no-recording",
    what: `there is no file ${file}`,
    why: "The path is from the load file's folder.",
    hint: "Write the path of a CSV file, or of what aws stepfunctions list-executions printed.",
  });

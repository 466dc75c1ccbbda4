import { type Finding, type GatewayNames, type Json, unknownName, us } from "@sluice/dsl";
import { createScanner, findNodeAtLocation, type ParseError, parseTree, SyntaxKind } from "jsonc-parser";
import { MAX_FINDINGS, type ReadRecording, type RecordedStart, recordingFinding } from "./recording";
import { parseTime, TIME_FORMS, timeOfNumber } from "./time";

type Path = readonly (string | number)[];
type Map = { readonly [key: string]: Json };

/** One JSON text of a file: a shell loop over describe-execution writes one behind the other. */
interface Piece {
  readonly text: string;
  readonly offset: number;
  readonly value: Json;
}

interface Described {
  readonly piece: Piece;
  readonly path: Path;
  readonly execution: Map;
}

/** Whether a text is what the AWS CLI prints of executions. */
export const isExecutions = (text: string): boolean =>
  /^\uFEFF?\s*[[{]/.test(text) && /"(?:executions|executionArn|startDate)"\s*:/.test(text);

/**
 * Recorded starts as the AWS CLI prints them: `aws stepfunctions list-executions` tells when executions started,
 * `describe-execution` also what was asked for. Lists of them, and one behind the other, will do.
 */
export function readExecutions(text: string, file: string, names: GatewayNames): ReadRecording {
  const pieces = piecesOf(text.replace(/^\uFEFF/, " "), file);
  if (pieces.findings !== undefined) return pieces;
  const described = pieces.pieces.flatMap((piece) => executionsIn(piece));
  const findings: Finding[] = [];
  const starts: (Omit<RecordedStart, "atUs"> & { readonly ms: number })[] = [];
  for (const one of described) {
    const read = startOf(one, file, names);
    if (read.findings !== undefined) findings.push(...read.findings);
    else starts.push(read);
    if (findings.length >= MAX_FINDINGS) break;
  }
  if (findings.length > 0) return { findings };
  if (starts.length === 0) return { findings: [noExecutions(file)] };
  const firstAtMs = starts.reduce((first, { ms }) => Math.min(first, ms), Number.POSITIVE_INFINITY);
  return {
    recording: {
      starts: starts
        .map(({ ms, tier, operation, request }) => ({
          tier,
          operation,
          request,
          atUs: us(Math.round((ms - firstAtMs) * 1_000)),
        }))
        .sort((a, b) => a.atUs - b.atUs),
      firstAtMs,
      notes: notesOn(described),
    },
  };
}

function piecesOf(
  text: string,
  file: string,
): { readonly pieces: readonly Piece[]; readonly findings?: undefined } | { readonly findings: Finding[] } {
  try {
    return { pieces: [{ text, offset: 0, value: JSON.parse(text) }] };
  } catch {
    // More than one, or broken: told apart below, where the place of the fault is found too.
  }
  const pieces: Piece[] = [];
  for (const [start, end] of extentsOf(text)) {
    const piece = text.slice(start, end);
    try {
      pieces.push({ text: piece, offset: start, value: JSON.parse(piece) });
    } catch {
      return { findings: [brokenJson(piece, start, file)] };
    }
  }
  return { pieces };
}

/** Where each JSON text of a file begins and ends. */
function* extentsOf(text: string): Generator<readonly [number, number]> {
  const scanner = createScanner(text, true);
  let depth = 0;
  let start: number | undefined;
  for (let kind = scanner.scan(); kind !== SyntaxKind.EOF; kind = scanner.scan()) {
    start ??= scanner.getTokenOffset();
    if (kind === SyntaxKind.OpenBraceToken || kind === SyntaxKind.OpenBracketToken) depth += 1;
    if (kind === SyntaxKind.CloseBraceToken || kind === SyntaxKind.CloseBracketToken) depth -= 1;
    // Between two of them some write a comma.
    if (depth === 0 && kind === SyntaxKind.CommaToken) start = undefined;
    else if (depth <= 0) {
      yield [start, scanner.getTokenOffset() + scanner.getTokenLength()];
      start = undefined;
      depth = 0;
    }
  }
  if (start !== undefined) yield [start, text.length];
}

function brokenJson(piece: string, offset: number, file: string): Finding {
  const errors: ParseError[] = [];
  parseTree(piece, errors, { disallowComments: true });
  const [error] = errors;
  const at = Math.min(error?.offset ?? 0, Math.max(0, piece.trimEnd().length - 1));
  return recordingFinding(file, [offset + at, offset + at + Math.max(1, error?.length ?? 1)], {
    rule: "LD012",
    name: "broken-recording",
    what: "this is no JSON from here on",
    why: "A comma, a quote or a bracket is missing, or the file was cut off.",
    hint: "Export it anew: aws stepfunctions list-executions --state-machine-arn ARN > FILE",
  });
}

/** The executions of one JSON text: of a list-executions, a describe-execution, or a list of either. */
function executionsIn(piece: Piece, value: Json = piece.value, path: Path = []): Described[] {
  if (Array.isArray(value)) return value.flatMap((one, index) => executionsIn(piece, one, [...path, index]));
  if (!isMap(value)) return [];
  if (Array.isArray(value.executions)) return executionsIn(piece, value.executions, [...path, "executions"]);
  return [{ piece, path, execution: value }];
}

function startOf(
  described: Described,
  file: string,
  names: GatewayNames,
):
  | (Omit<RecordedStart, "atUs"> & { readonly ms: number; readonly findings?: undefined })
  | { readonly findings: readonly Finding[] } {
  const { startDate, input } = described.execution;
  const ms = instantOf(startDate);
  const findings: Finding[] = [];
  const say = (path: Path, words: Parameters<typeof recordingFinding>[2]) =>
    findings.push(recordingFinding(file, rangeOf(described, path), words));
  if (ms === undefined)
    say(["startDate"], {
      rule: "LD011",
      name: "no-time",
      what: startDate === undefined ? "startDate is missing" : `${JSON.stringify(startDate)} is no time`,
      why: "Without it nobody knows when this execution started.",
      hint: TIME_FORMS,
    });
  const asked = typeof input === "string" ? parsedInput(input) : {};
  if (asked === undefined)
    say(["input"], {
      rule: "LD012",
      name: "broken-recording",
      what: "the input is no JSON map",
      why: "A gateway's execution is started with a map of operation, tier and request.",
      hint: "Is it an execution of another state machine? Leave it out.",
    });
  const tier = textOf(asked?.tier);
  const operation = textOf(asked?.operation);
  for (const [kind, name] of [
    ["tier", tier],
    ["operation", operation],
  ] as const) {
    const words = name === undefined ? undefined : unknownName(kind, name, names);
    if (words) say(["input"], words);
  }
  if (ms === undefined || findings.length > 0) return { findings };
  return { ms, tier, operation, request: asked?.request };
}

function instantOf(value: Json | undefined): number | undefined {
  const time =
    typeof value === "number" ? timeOfNumber(value) : typeof value === "string" ? parseTime(value) : undefined;
  return time?.kind === "instant" ? time.ms : undefined;
}

function parsedInput(text: string): Map | undefined {
  try {
    const value: Json = JSON.parse(text);
    return isMap(value) ? value : undefined;
  } catch {
    // Not JSON: the finding says so.
    return undefined;
  }
}

/** Where something of an execution stands in the file, or else the execution itself. */
function rangeOf({ piece, path }: Described, more: Path): readonly [number, number] {
  const tree = parseTree(piece.text);
  const node = tree && (findNodeAtLocation(tree, [...path, ...more]) ?? findNodeAtLocation(tree, [...path]));
  const start = piece.offset + (node?.offset ?? 0);
  return [start, start + Math.max(1, node?.length ?? 1)];
}

function notesOn(described: readonly Described[]): string[] {
  const silent = described.filter(({ execution }) => typeof execution.input !== "string").length;
  if (silent === 0) return [];
  const who = silent === described.length ? "The recording tells" : `Of ${described.length} executions ${silent} tell`;
  return [
    `${who} no input, so tier and operation are taken as the load file says, or the gateway's default: list-executions leaves it out, describe-execution has it.`,
  ];
}

const noExecutions = (file: string): Finding =>
  recordingFinding(file, [0, 1], {
    rule: "LD013",
    name: "empty-recording",
    what: "there is no execution in it",
    why: "A recording has one for each request.",
    hint: "Export executions of a time with traffic: aws stepfunctions list-executions --state-machine-arn ARN > FILE",
  });

const isMap = (value: Json | undefined): value is Map =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const textOf = (value: Json | undefined): string | undefined => (typeof value === "string" ? value : undefined);

import type { Finding, Json, Micros } from "@sluice/dsl";

/** A request as it really came. */
export interface RecordedStart {
  /** After the first one. */
  readonly atUs: Micros;
  /** Undefined where the recording does not tell. */
  readonly tier: string | undefined;
  readonly operation: string | undefined;
  readonly request: Json | undefined;
}

/** Requests as they really came, in their order. */
export interface Recording {
  readonly starts: readonly RecordedStart[];
  /** Epoch milliseconds of the first one; undefined where times are counted from an unknown start. */
  readonly firstAtMs: number | undefined;
  /** What the recording does not tell, in sentences. */
  readonly notes: readonly string[];
}

/** A recording, or what is wrong in it. */
export type ReadRecording =
  | { readonly recording: Recording; readonly findings?: undefined }
  | { readonly recording?: undefined; readonly findings: readonly Finding[] };

/** Whoever has mended so many looks again. */
export const MAX_FINDINGS = 20;

/** What is wrong at a place of a recording. */
export const recordingFinding = (
  file: string,
  range: readonly [number, number],
  {
    rule,
    name,
    what,
    why,
    hint,
  }: Pick<Finding, "rule" | "name" | "hint"> & { readonly what: string; readonly why: string },
): Finding => ({
  file,
  range,
  path: [],
  rule,
  name,
  severity: "error",
  message: `${what.charAt(0).toUpperCase()}${what.slice(1)}. ${why}`,
  what,
  why,
  hint,
});

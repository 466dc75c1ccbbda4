import type { Violation } from "../outcome";

/** What a trial's process tells of a seed. Goes through a pipe between processes: plain data. */
export type SeedReport =
  | {
      readonly kind: "ran";
      readonly seed: number;
      readonly violations: readonly Violation[];
      readonly requests: number;
      readonly calls: number;
    }
  | { readonly kind: "threw"; readonly seed: number; readonly message: string };

import type { Difference } from "./differences";
import type { RunReport } from "./report";

/**
 * What `sluice simulate --format json` prints; docs/simulate.md tells its fields. The version changes when a field changes
 * its meaning or goes; new ones may come without.
 */
export interface SimulationReport {
  readonly version: 1;
  /** Of the program that simulated. */
  readonly sluice: string;
  /** The load, as typed. */
  readonly load: string;
  readonly seed: number;
  /** ISO 8601: what the load takes for its start. */
  readonly startsAt: string;
  readonly zone: string;
  /** What is compared with first, if anything, and the file itself last. */
  readonly runs: readonly RunReport[];
  /** Where there are two runs. */
  readonly differences?: readonly Difference[];
}

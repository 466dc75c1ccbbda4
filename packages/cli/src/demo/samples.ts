import { join } from "node:path";
import type { Json } from "@sluice/dsl";
import { PACKAGE_FOLDER } from "../package-folder";
import type { Shape } from "./traffic";

/** A gateway of `gateways/` as the demo uses it. */
export interface Sample {
  /** In {@link SAMPLES_FOLDER}. */
  readonly file: string;
  readonly shape: Shape;
  readonly operation: string;
  /** What the n-th caller asks. */
  request(n: number): Json;
}

/** The repository's own gateway files. */
export const SAMPLES_FOLDER = join(PACKAGE_FOLDER, "..", "..", "gateways");

export const SAMPLES: readonly Sample[] = [
  {
    file: "companies-house.yaml",
    shape: "backlog",
    operation: "company",
    request: (n) => ({ number: String(n + 1).padStart(8, "0") }),
  },
  {
    file: "ncbi-eutils.yaml",
    shape: "gusts",
    operation: "search",
    request: (n) => ({ db: "pubmed", term: `sluice gate ${n + 1}`, retmode: "json" }),
  },
  {
    file: "nvd.yaml",
    shape: "backlog",
    operation: "cves",
    request: (n) => ({ cveId: `CVE-2026-${String(n + 1).padStart(4, "0")}` }),
  },
];

/** The file of the gateway whose worker is killed: one with a backlog, so that there is something to lose. */
export const KILLED_FILE = "nvd.yaml";

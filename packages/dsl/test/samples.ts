import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { SourceFile } from "@sluice/dsl";

const GATEWAYS = join(__dirname, "..", "..", "..", "gateways");

/** The sample gateways of the repository. */
export function readSamples(): SourceFile[] {
  const names = readdirSync(GATEWAYS).filter((name) => name.endsWith(".yaml"));
  return names.map((name) => ({ file: `gateways/${name}`, text: readFileSync(join(GATEWAYS, name), "utf8") }));
}

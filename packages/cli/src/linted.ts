import { type LintedGateway, lintGateways } from "@sluice/dsl";
import { ToolFailure } from "./failures";
import { type GatewayFile, readGatewayFiles } from "./files";
import { type Io, lookOf, printLine } from "./io";
import { renderLint } from "./print/lint-pretty";
import { loadProject } from "./project";

/**
 * The gateways of files in which nothing is wrong; or undefined when something is, after the findings were printed on
 * standard error. Warnings do not stand in the way and are left to `lint`.
 */
export async function lintedGateways(
  paths: readonly string[],
  environment: string | undefined,
  io: Io,
): Promise<readonly LintedGateway[] | undefined> {
  const files = await readGatewayFiles(paths, io);
  if (files.length === 0) throw new ToolFailure(`${paths.join(", ")} holds no gateway. Name a gateway file.`);
  return gatewaysOf(files, environment, io);
}

/** The same, of files that were read already. */
export async function gatewaysOf(
  files: readonly GatewayFile[],
  environment: string | undefined,
  io: Io,
): Promise<readonly LintedGateway[] | undefined> {
  const shared = await loadProject(io);
  const { findings, specs } = lintGateways(files, { environment, project: shared?.project });
  const errors = findings.filter(({ severity }) => severity === "error");
  if (errors.length === 0) return specs;
  printLine(io.stderr, renderLint(shared ? [shared, ...files] : files, errors, lookOf(io.stderr, io)));
  return undefined;
}

import { type GatewayPlan, type LintedGateway, lintGateways, planGateway } from "@sluice/dsl";
import { readBothSides, readProjects } from "../both-sides";
import { ToolFailure } from "../failures";
import { type GatewayFile, readText } from "../files";
import { findBase, findRepository } from "../git";
import { colorsOf, type Io, printLine, widthOf } from "../io";
import { gatewaysOf } from "../linted";
import { renderLint } from "../print/lint-pretty";

/** One version of a gateway. */
export interface Side {
  readonly file: string;
  /** The commit that it was read from; undefined: the file here. */
  readonly ref?: string;
  readonly plan: GatewayPlan;
}

export interface AskedSides {
  readonly file: string;
  readonly env: string | undefined;
  /** Another gateway file to compare with. */
  readonly compare: string | undefined;
  /** A branch, a tag or a commit to compare with. */
  readonly compareRef: string | undefined;
}

/**
 * The gateways to simulate: what is compared with first, if anything, and the file itself last; or undefined when one of
 * them does not lint, after the findings were printed.
 */
export async function readSides(asked: AskedSides, io: Io): Promise<readonly Side[] | undefined> {
  const { file, env, compare, compareRef } = asked;
  if (compare !== undefined && compareRef !== undefined)
    throw new ToolFailure("--compare and --compare-ref exclude each other: give the one or the other.");
  const own = await sideHere(file, env, io);
  if (own === undefined) return undefined;
  if (compare === undefined && compareRef === undefined) return [own];
  const other =
    compare === undefined ? await sideAt(compareRef ?? "HEAD", asked, io) : await sideHere(compare, env, io);
  return other === undefined ? undefined : [other, own];
}

async function sideHere(file: string, env: string | undefined, io: Io): Promise<Side | undefined> {
  const gateways = await gatewaysOf([{ file, text: await readText(file, io) }], env, io);
  const gateway = gateways && onlyOne(gateways, file);
  return gateway && { file, plan: planGateway(gateway.spec) };
}

function onlyOne(gateways: readonly LintedGateway[], file: string): LintedGateway {
  const [first] = gateways;
  if (first === undefined) throw new ToolFailure(`${file} holds no gateway. Name a gateway file.`);
  if (gateways.length === 1) return first;
  const names = gateways.map(({ instance }) => instance).join(", ");
  throw new ToolFailure(
    `${file} has ${gateways.length} instances (${names}), each a gateway of its own; simulate takes files of one gateway. Simulate a copy without instances.`,
  );
}

/** The file as it was where this branch left a ref. */
async function sideAt(ref: string, { file, env }: AskedSides, io: Io): Promise<Side | undefined> {
  const repository = await findRepository(io);
  const base = await findBase(ref, repository, io);
  const projects = await readProjects(base, repository, io);
  const { before, unchanged } = await readBothSides([file], base, repository, io);
  const old = [...before, ...unchanged].find((one) => one.file === file);
  if (old === undefined)
    throw new ToolFailure(`There is no file ${file} at ${ref}, so there is nothing to compare with.`);
  const { specs, findings } = lintGateways([old], { environment: env, project: projects.before });
  const errors = findings.filter(({ severity }) => severity === "error");
  if (errors.length > 0) {
    const files: GatewayFile[] = projects.before ? [projects.before.document, old] : [old];
    printLine(io.stderr, `At ${ref}:`);
    printLine(io.stderr, renderLint(files, errors, colorsOf(io.stderr, io.env), widthOf(io.stderr)));
    return undefined;
  }
  return { file, ref, plan: planGateway(onlyOne(specs, `${file} at ${ref}`).spec) };
}

import { type GatewayPlan, type LintedGateway, lintGateways, planGateway } from "@sluice/dsl";
import { readBothSides, readProjects } from "../both-sides";
import { ToolFailure } from "../failures";
import { type GatewayFile, readText } from "../files";
import { type Asker, findBase, findRepository } from "../git";
import { chosenInstances, instanceNames } from "../instances";
import { type Io, lookOf, printLine } from "../io";
import { gatewaysOf } from "../linted";
import { renderLint } from "../print/lint-pretty";

/** One version of a gateway. */
export interface Side {
  readonly file: string;
  /** The commit that it was read from; undefined: the file here. */
  readonly ref?: string;
  readonly plan: GatewayPlan;
}

/** What is simulated for one gateway: what it is compared with first, if anything, and itself last. */
export interface Trial {
  /** Undefined where the file is one gateway. */
  readonly instance: string | undefined;
  readonly sides: readonly Side[];
}

export interface AskedSides {
  readonly file: string;
  readonly env: string | undefined;
  /** Undefined: all of the file's instances. */
  readonly instance: string | undefined;
  /** Another gateway file to compare with. */
  readonly compare: string | undefined;
  /** A branch, a tag or a commit to compare with. */
  readonly compareRef: string | undefined;
}

/** The gateways of one version of a file. */
interface Version {
  readonly file: string;
  readonly ref?: string;
  readonly gateways: readonly LintedGateway[];
}

const ASKER: Asker = {
  command: "simulate",
  option: "--compare-ref",
  otherwise: "compare with a file beside it: --compare FILE",
};

/**
 * The gateways to simulate, in the order of the file; or undefined when a file does not lint, after the findings were
 * printed.
 */
export async function readTrials(asked: AskedSides, io: Io): Promise<readonly Trial[] | undefined> {
  const { file, env, compare, compareRef } = asked;
  if (compare !== undefined && compareRef !== undefined)
    throw new ToolFailure("--compare and --compare-ref exclude each other: give the one or the other.");
  const own = await versionHere(file, env, io);
  if (own === undefined) return undefined;
  const chosen = chosenInstances(own.gateways, asked.instance, file);
  if (compare === undefined && compareRef === undefined)
    return chosen.map((gateway) => ({ instance: gateway.instance, sides: [sideOf(own, gateway)] }));
  const other =
    compare === undefined ? await versionAt(compareRef ?? "HEAD", asked, io) : await versionHere(compare, env, io);
  return other && chosen.map((gateway) => trialOf(gateway, own, other));
}

const sideOf = ({ file, ref }: Version, { spec }: LintedGateway): Side => ({
  ...{ file, plan: planGateway(spec) },
  ...(ref !== undefined && { ref }),
});

const nameOf = ({ file, ref }: Version): string => (ref === undefined ? file : `${file} at ${ref}`);

/** @throws ToolFailure when nothing in the other version is this gateway's counterpart */
function trialOf(gateway: LintedGateway, own: Version, other: Version): Trial {
  const { instance } = gateway;
  const names = instanceNames(other.gateways);
  // A file of one gateway is the counterpart of each instance: what would change for it by becoming one.
  const counterpart = names.length === 0 ? other.gateways[0] : other.gateways.find((one) => one.instance === instance);
  if (counterpart !== undefined) return { instance, sides: [sideOf(other, counterpart), sideOf(own, gateway)] };
  const lacks =
    instance === undefined
      ? `while ${own.file} is one gateway: there is no telling which of them to compare with. Compare with a file of one gateway.`
      : `but not ${instance}, so there is nothing to compare it with. Simulate one that is in both with --instance.`;
  throw new ToolFailure(`${nameOf(other)} has the instances ${names.join(", ")}, ${lacks}`);
}

async function versionHere(file: string, env: string | undefined, io: Io): Promise<Version | undefined> {
  const gateways = await gatewaysOf([{ file, text: await readText(file, io) }], env, io);
  return gateways && { file, gateways };
}

/** The file as it was where this branch left a ref. */
async function versionAt(ref: string, { file, env }: AskedSides, io: Io): Promise<Version | undefined> {
  const repository = await findRepository(ASKER, io);
  const base = await findBase(ref, repository, io);
  const projects = await readProjects(base, repository, io);
  const { before, unchanged } = await readBothSides([file], base, repository, io);
  const old = [...before, ...unchanged].find((one) => one.file === file);
  if (old === undefined)
    throw new ToolFailure(
      `There is no file ${file} at ${ref}, so --compare-ref has nothing to compare with. Give a commit that has it, or ${ASKER.otherwise}.`,
    );
  const { specs, findings } = lintGateways([old], { environment: env, project: projects.before });
  const errors = findings.filter(({ severity }) => severity === "error");
  if (errors.length === 0) return { file, ref, gateways: specs };
  const files: GatewayFile[] = projects.before ? [projects.before.document, old] : [old];
  printLine(io.stderr, `At ${ref}:`);
  printLine(io.stderr, renderLint(files, errors, lookOf(io.stderr, io)));
  return undefined;
}

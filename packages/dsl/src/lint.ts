import type { Finding, Suppressed } from "./findings";
import { isMap, valueAt } from "./merge-patch";
import { type GatewayDocument, parseGateway } from "./parse";
import { type Project, sharedEnvironments } from "./project";
import { RULES } from "./rules/all";
import { type GatewaySpec, type ResolveOptions, specOf } from "./spec";
import { instancesOf, readSubject, type Subject } from "./subject";
import { answers, suppressionsIn } from "./suppressions";

/** A file's text under the name that the user gave. */
export interface SourceFile {
  readonly file: string;
  readonly text: string;
}

/** What linting goes by beside the files. */
export interface LintOptions {
  /** The environment that the specifications are for. */
  readonly environment?: string;
  /** What all gateways of the repository share. */
  readonly project?: Project;
}

/** What linting gives. */
export interface LintResult {
  /** Of all files and all their environments, in the order of the files and of the places in them. */
  readonly findings: readonly Finding[];
  /** What comments in the files have answered; not among the findings. */
  readonly suppressed: readonly Suppressed[];
  /** The gateways in whose file, and in whose chosen environment, there is no error. */
  readonly specs: readonly LintedGateway[];
}

/** A gateway without an error. */
export interface LintedGateway {
  readonly file: string;
  readonly document: GatewayDocument;
  /** What was under it, for whoever resolves it once more with a patch. */
  readonly project: Project | undefined;
  /** The instance of the file that this is; undefined: the file has none. */
  readonly instance: string | undefined;
  readonly spec: GatewaySpec;
}

/** A specification, or what stands in its way. */
export type Resolved =
  | { readonly spec: GatewaySpec; readonly findings: readonly Finding[] }
  | { readonly spec: undefined; readonly findings: readonly Finding[] };

/** Lints gateway files together: each with all its environments, and all against each other. Pure. */
export function lintGateways(files: readonly SourceFile[], options: LintOptions = {}): LintResult {
  const steps = lintInSteps(files, options);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** The same with a pause after each file, for whoever must not be deaf while there are many. */
export function* lintInSteps(
  files: readonly SourceFile[],
  { environment, project }: LintOptions = {},
): Generator<undefined, LintResult> {
  const linted: LintedFile[] = [];
  for (const { file, text } of files) {
    linted.push(lintFile(parseGateway(text, file), environment, project));
    yield;
  }
  const across = RULES.flatMap((rule) => rule.findAcross(linted.map(({ base }) => base)));
  const shared = lintShared(project, [...linted.flatMap(({ findings }) => findings), ...across]);
  const results = linted.map(({ base, chosen, findings }) => {
    const { document } = base;
    const own = [...findings, ...across].filter(({ file }) => file === document.file);
    const { kept, suppressed } = answered(document, base, own);
    // An error in the defaults that a gateway is made of is its error too.
    const hasErrors = hasError(kept) || hasError(shared.kept);
    // The file itself is no gateway where its instances are.
    const gateways = chosen.length > 1 ? chosen.slice(1) : chosen;
    return {
      findings: kept.sort(inFileOrder),
      suppressed,
      specs: hasErrors ? [] : gateways.flatMap(specsOf),
    };
  });
  return {
    findings: [...shared.kept, ...results.flatMap(({ findings }) => findings)],
    suppressed: [...shared.suppressed, ...results.flatMap(({ suppressed }) => suppressed)],
    specs: results.flatMap(({ specs }) => specs),
  };
}

/** What is wrong in sluice.yaml: in itself, and in its defaults by what they make of the gateways. */
function lintShared(project: Project | undefined, found: readonly Finding[]): Answered {
  if (!project) return { kept: [], suppressed: [] };
  const { document } = project;
  const ofDefaults = found.filter(({ file }) => file === document.file);
  const { kept, suppressed } = answered(
    document,
    readSubject(document),
    distinct([...project.findings, ...ofDefaults]),
  );
  return { kept: kept.sort(inFileOrder), suppressed };
}

interface Answered {
  readonly kept: Finding[];
  readonly suppressed: readonly Suppressed[];
}

/** The findings of one file, what its own comments answer taken out, and what is wrong with the comments. */
function answered(document: GatewayDocument, subject: Subject, findings: readonly Finding[]): Answered {
  const { kept, suppressed } = suppress(document.text, findings);
  return {
    kept: [...kept, ...RULES.flatMap((rule) => rule.findAmong(subject, { rules: RULES, findings }))],
    suppressed,
  };
}

/** What is wrong in the defaults is found with each gateway that they go into; said once it is enough. */
function distinct(findings: readonly Finding[]): Finding[] {
  const said = new Map(findings.map((finding) => [`${finding.rule} ${finding.range[0]} ${finding.what}`, finding]));
  return [...said.values()];
}

/** Takes out what a comment answers with a reason. */
function suppress(text: string, findings: readonly Finding[]): Answered {
  const comments = suppressionsIn(text);
  const kept: Finding[] = [];
  const suppressed: Suppressed[] = [];
  for (const finding of findings) {
    const comment = comments.find((one) => answers(one, finding, text));
    const isAnswered = comment?.reason !== undefined && isSuppressible(finding);
    if (isAnswered) suppressed.push({ finding, reason: comment.reason });
    else kept.push(finding);
  }
  return { kept, suppressed };
}

const isSuppressible = ({ rule }: Finding): boolean => RULES.some((one) => one.id === rule && one.isSuppressible);

/**
 * The specification of one document: the environment's patch applied, then `patch`, then the defaults. Every rule that
 * looks at one file looks at the result.
 */
export function resolveSpec(document: GatewayDocument, options: ResolveOptions = {}): Resolved {
  const subject = readSubject(document, options);
  const findings = check(subject).sort(inFileOrder);
  const spec = subject.gateway && !hasError(findings) ? specOf(subject.gateway, options.environment) : undefined;
  return { spec, findings };
}

interface LintedFile {
  readonly base: Subject;
  /** What the file makes in the environment that was asked for: itself, then its instances. */
  readonly chosen: readonly Subject[];
  readonly findings: readonly Finding[];
}

function lintFile(document: GatewayDocument, asked: string | undefined, project: Project | undefined): LintedFile {
  const base = readSubject(document, { project }, asked);
  const environments = valueAt(document.value, ["environments"]);
  const others = Object.entries(isMap(environments) ? environments : {})
    .filter(([, patch]) => isMap(patch))
    .map(([environment]) => readSubject(document, { environment, project }));
  const inEnvironment = others.find(({ environment }) => environment === asked) ?? withoutPatch(base);
  const chosen = [inEnvironment, ...instancesIn(inEnvironment)];
  const found: Finding[] = check(base);
  for (const other of [...instancesIn(base), ...others.flatMap((one) => [one, ...instancesIn(one)])])
    found.push(...check(other).filter((finding) => !found.some((one) => isSame(one, finding))));
  return { base, chosen, findings: found };
}

/** What each instance of a file makes of it. */
const instancesIn = ({ document, environment, project, value }: Subject): Subject[] =>
  instancesOf(value)
    .filter(({ name, patch }, rank, all) => isMap(patch) && all.findIndex((one) => one.name === name) === rank)
    .map(({ name }) => readSubject(document, { environment, instance: name, project }));

/** The file as it is, for an environment that only the project names. */
const withoutPatch = (base: Subject): Subject =>
  base.asked !== undefined && sharedEnvironments(base.project).includes(base.asked)
    ? { ...base, environment: base.asked }
    : base;

function check(subject: Subject): Finding[] {
  const findings: Finding[] = [];
  for (const rule of RULES) {
    const found = rule.find(subject);
    if (found.length > 0) findings.push(...found);
  }
  return findings;
}

/** An environment repeats what is wrong in the file itself; once is enough, unless its patch says it again. */
function isSame(one: Finding, other: Finding): boolean {
  const isOfOneRule = one.rule === other.rule && one.path.join("\0") === other.path.join("\0");
  const isSaidAgain = other.what === one.what && other.range[0] !== one.range[0];
  return isOfOneRule && one.why === other.why && other.what?.endsWith(one.what ?? "") === true && !isSaidAgain;
}

function specsOf(subject: Subject): LintedGateway[] {
  const { document, gateway, environment, instance, project } = subject;
  return gateway ? [{ file: document.file, document, project, instance, spec: specOf(gateway, environment) }] : [];
}

function hasError(findings: readonly Finding[]): boolean {
  return findings.some(({ severity }) => severity === "error");
}

function inFileOrder(one: Finding, other: Finding): number {
  return one.range[0] - other.range[0] || one.range[1] - other.range[1] || one.rule.localeCompare(other.rule);
}

import { createHash } from "node:crypto";
import { type Finding, type Position, RULES, spanOf } from "@sluice/dsl";
import type { Artifact, ArtifactLocation, Log, ReportingDescriptor, Result } from "sarif";
import type { GatewayFile } from "../files";
import { VERSION } from "../version";
import { lineHashes } from "./line-hashes";
import { locate, uriOf } from "./paths";
import { pageOf, withoutMarkdown } from "./rule-pages";

/** A finding that somebody has decided to live with, and why. */
export interface SuppressedFinding {
  readonly finding: Finding;
  readonly reason: string;
}

/** A result before it is written: its place among the files, and whether somebody lives with it. */
interface Located {
  readonly finding: Finding;
  readonly suppressions: Result["suppressions"];
  readonly fileIndex: number;
}

const SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
const ROOT_ID = "%SRCROOT%";

/**
 * A SARIF 2.1.0 log with what GitHub code scanning asks for.
 *
 * @param root the absolute path of the repository's root, or what stands for it; it is not written into the log
 * @param suppressed findings that are not among `findings`; undefined when nobody looked whether any are suppressed
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
export function renderSarif(
  files: readonly GatewayFile[],
  findings: readonly Finding[],
  root: string,
  suppressed?: readonly SuppressedFinding[],
): string {
  const locations = files.map(({ file }, index) => locationOf(file, index, root));
  const log: Log = {
    $schema: SCHEMA,
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "sluice", version: VERSION, rules: RULES.map(descriptorOf) } },
        columnKind: "utf16CodeUnits",
        originalUriBaseIds: {
          [ROOT_ID]: { description: { text: "The folder that sluice was run in: the root of the repository." } },
        },
        artifacts: locations.map(artifactAt),
        results: resultsOf(files, located(files, findings, suppressed), locations),
      },
    ],
  };
  return JSON.stringify(log, null, 2);
}

function descriptorOf({ id, name, severity }: (typeof RULES)[number]): ReportingDescriptor {
  const { markdown, why, summary } = pageOf(name);
  return {
    id,
    name,
    shortDescription: { text: withoutMarkdown(summary) },
    fullDescription: { text: withoutMarkdown(why) },
    help: { text: withoutMarkdown(markdown), markdown },
    defaultConfiguration: { level: severity },
    properties: { "problem.severity": severity },
  };
}

function locationOf(file: string, index: number, root: string): ArtifactLocation {
  const whereabouts = locate(file, root);
  return { uri: uriOf(whereabouts), ...(whereabouts.isBelowRoot && { uriBaseId: ROOT_ID }), index };
}

const artifactAt = (location: ArtifactLocation): Artifact => ({
  location,
  roles: ["analysisTarget"],
  sourceLanguage: "yaml",
});

/** All results in the order of their places, so that suppressing one renumbers no other. */
function located(
  files: readonly GatewayFile[],
  findings: readonly Finding[],
  suppressed: readonly SuppressedFinding[] | undefined,
): Located[] {
  const indexOf = (finding: Finding) => files.findIndex(({ file }) => file === finding.file);
  // SARIF wants suppressions in all results of a run or in none.
  const none = suppressed && [];
  return [
    ...findings.map((finding) => ({ finding, suppressions: none, fileIndex: indexOf(finding) })),
    ...(suppressed ?? []).map(({ finding, reason }) => ({
      finding,
      suppressions: [{ kind: "inSource" as const, justification: reason }],
      fileIndex: indexOf(finding),
    })),
  ].sort((one, other) => one.fileIndex - other.fileIndex || one.finding.range[0] - other.finding.range[0]);
}

function resultsOf(
  files: readonly GatewayFile[],
  results: readonly Located[],
  locations: readonly ArtifactLocation[],
): Result[] {
  const seen = new Map<string, number>();
  const faulty = new Set(results.map(({ fileIndex }) => fileIndex));
  const lineHashesOf = files.map(({ text }, index) => (faulty.has(index) ? lineHashes(text) : []));
  return results.map(({ finding, suppressions, fileIndex }) => {
    const { rule, message, hint, severity } = finding;
    const text = files[fileIndex]?.text ?? "";
    const location = locations[fileIndex] ?? { uri: finding.file };
    const { start, end } = spanOf(finding, text);
    const hash = placeHash(finding, location);
    const count = (seen.get(hash) ?? 0) + 1;
    seen.set(hash, count);
    return {
      ruleId: rule,
      ruleIndex: RULES.findIndex(({ id }) => id === rule),
      level: severity,
      message: { text: [message, hint].filter((part) => part !== "").join("\n") },
      locations: [{ physicalLocation: { artifactLocation: location, region: regionOf(start, end) } }],
      partialFingerprints: {
        primaryLocationLineHash: lineHashesOf[fileIndex]?.[start.line - 1] ?? hash,
        "ruleAndPath/v1": `${hash}:${count}`,
      },
      ...(suppressions && { suppressions }),
    };
  });
}

const regionOf = (start: Position, end: Position) => ({
  startLine: start.line,
  startColumn: start.column,
  endLine: end.line,
  endColumn: end.column,
});

/** Says which finding it is wherever its line has moved to, and whatever has become of its value. */
function placeHash({ rule, path }: Finding, { uri }: ArtifactLocation): string {
  return createHash("sha256")
    .update(JSON.stringify([uri, rule, path]))
    .digest("hex")
    .slice(0, 16);
}

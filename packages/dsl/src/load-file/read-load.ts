import type { Finding } from "../findings";
import { type GatewayDocument, parseGateway } from "../parse";
import { badUnit } from "../rules/bad-unit";
import { bareNumber } from "../rules/bare-number";
import { missingKey } from "../rules/missing-key";
import { unansweredQuestion } from "../rules/unanswered-question";
import { unknownKey } from "../rules/unknown-key";
import { wrongType } from "../rules/wrong-type";
import { yamlSyntax } from "../rules/yaml-syntax";
import { type LoadFile, type LoadStream, loadFile } from "../schema/load-file";
import { shapeIssues } from "../shape";
import { locateIn } from "../subject";
import { checkLoad } from "./check-load";
import { checkNames, type GatewayNames } from "./check-names";

/** A load file, read. */
export interface ReadLoad {
  readonly document: GatewayDocument;
  /** What it says; undefined while something in it is wrong. */
  readonly load: LoadFile | undefined;
  /** In the order of the file. */
  readonly findings: readonly Finding[];
}

/** The rules that a file of keys and values can break, whatever it is about. */
const RULES = [yamlSyntax, unknownKey, missingKey, bareNumber, wrongType, badUnit, unansweredQuestion];

/**
 * Reads a load file. Never throws.
 *
 * @param gateway the tiers and operations that it may speak of; left out, any name will do
 */
export function readLoad(text: string, file: string, gateway?: GatewayNames): ReadLoad {
  const document = parseGateway(text, file);
  const { value } = document;
  const result = value === undefined ? undefined : loadFile.safeParse(value);
  const issues = value === undefined || !result?.error ? [] : shapeIssues(loadFile, value, result.error);
  const subject = {
    document,
    language: "load" as const,
    environment: undefined,
    instance: undefined,
    asked: undefined,
    project: undefined,
    value,
    issues,
    draft: {},
    gateway: undefined,
    locate: locateIn(document),
  };
  const findings = [
    ...RULES.flatMap((rule) => rule.find(subject)),
    ...checkLoad(document),
    ...(gateway === undefined ? [] : checkNames(document, gateway)),
  ].sort((one, other) => one.range[0] - other.range[0]);
  return { document, load: findings.length === 0 ? result?.data : undefined, findings };
}

/** The kinds of requests that a load has, its short form written out. */
export const streamsOf = ({ arrivals }: LoadFile): readonly LoadStream[] =>
  Array.isArray(arrivals) ? arrivals : [{ rate: arrivals }];

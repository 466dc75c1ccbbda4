import { parseGateway } from "./parse";
import type { Project } from "./project";
import { badUnit } from "./rules/bad-unit";
import { bareNumber } from "./rules/bare-number";
import { fixedKey } from "./rules/fixed-key";
import { missingKey } from "./rules/missing-key";
import { unknownKey } from "./rules/unknown-key";
import { wrongType } from "./rules/wrong-type";
import { yamlSyntax } from "./rules/yaml-syntax";
import { projectFile } from "./schema/project-file";
import { shapeIssues } from "./shape";
import { locateIn } from "./subject";

/** The rules that a file of keys and values can break, whatever it is about, and what defaults cannot state. */
const PROJECT_RULES = [yamlSyntax, unknownKey, missingKey, bareNumber, wrongType, badUnit, fixedKey];

/** Reads `sluice.yaml`. Never throws. */
export function readProject(text: string, file: string): Project {
  const document = parseGateway(text, file);
  const { value } = document;
  const result = value === undefined ? undefined : projectFile.safeParse(value);
  const issues = value === undefined || !result?.error ? [] : shapeIssues(projectFile, value, result.error);
  const subject = {
    document,
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
  const findings = PROJECT_RULES.flatMap((rule) => rule.find(subject));
  return { document, settings: result?.data, findings };
}

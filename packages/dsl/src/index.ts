import * as units from "./units";

export { minuteOf } from "./calendar";
export * from "./contract";
export { didYouMean } from "./did-you-mean";
export { parseDuration, showDuration, showRoughly, writeDuration } from "./duration";
export type { CostFact, CostLine } from "./explain/cost";
export { type ExplainOptions, explainPlan } from "./explain/explain";
export type * from "./explain/explanation";
export type { ArrivalsByTier } from "./explain/loads";
export { type Pace, paceOf } from "./explain/pace";
export { CALL_LINE_BYTES, TURN_LINES_BYTES, type Usage, type UsedPart } from "./explain/usage";
export { fullUsage, idleLookUsage, sparseUsage } from "./explain/usage-doorbell";
export { highestAtMostUs, type MeanWait, meanWaits, type TierLoad } from "./explain/waits";
export { showCount, showDollars, showWhole } from "./explain/words";
export { stripBraces } from "./expressions";
export * from "./findings";
export { type Fixed, fixGateway, fixProject } from "./fix";
export { type Paint, type Position, positionOf, renderFrame, spanOf } from "./frame";
export {
  gatewayJsonSchema,
  gatewayJsonSchemaText,
  loadJsonSchema,
  loadJsonSchemaText,
  projectJsonSchema,
  projectJsonSchemaText,
} from "./json-schema";
export {
  type LintedGateway,
  type LintOptions,
  type LintResult,
  lintGateways,
  lintInSteps,
  type Resolved,
  resolveSpec,
  type SourceFile,
} from "./lint";
export { type GatewayNames, namesOf, unknownName } from "./load-file/check-names";
export { type LoadWords, loadFinding } from "./load-file/finding";
export { type Moment, parseMoment } from "./load-file/moment";
export { type ReadLoad, readLoad, streamsOf } from "./load-file/read-load";
export { mergePatch } from "./merge-patch";
export { DEFAULT_NAMING, MAX_NAME_CHARS, stackNameOf, type WantedName, wantedNames } from "./names";
export { type GatewayDocument, type Path, parseGateway, type Range } from "./parse";
export { doorbellOf, intervalUs, planGateway, TASK_MARGIN_US } from "./plan";
export { diffPlans } from "./plan-diff/diff-plans";
export { environmentsOf, plansOf } from "./plan-diff/plans-of";
export * from "./plan-diff/types";
export * from "./plan-types";
export { plural } from "./plural";
export { costOf, PRICES, PRICES_REGION, type Price } from "./prices";
export { type Project, sharedEnvironments } from "./project";
export { parseRate, type Rate } from "./rate";
export { readProject } from "./read-project";
export { renderLoadReference, renderReference } from "./reference";
export { RULES } from "./rules/all";
export type { GatewayFile, GatewayFileInput } from "./schema/gateway-file";
export type { LoadFile, LoadFileInput, LoadStream, LoadTarget } from "./schema/load-file";
export type { ProjectFile, ProjectFileInput } from "./schema/project-file";
export { type SecretReference, secretReferences } from "./secret-reference";
export type { GatewaySpec, ResolveOptions } from "./spec";
export type { Json, Micros } from "./units";

/**
 * Bound anew: a re-export is a getter in CommonJS, and these are called at every step of a turn and of a model. The
 * getters took 6 % of a simulation's time.
 */
export const { ms, seconds, toMs, toSecondsUp, us } = units;
export { parseUriTemplate } from "./uri-template";

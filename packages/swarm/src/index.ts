export { type Deployment, deploy } from "./deploy";
export { drawScenario } from "./draw-scenario";
export type { Invariant, RunOutcome, Violation } from "./outcome";
export { runScenario, runSeed } from "./run";
export type { Scenario } from "./scenario";
export { type Found, type SearchLimits, search } from "./search/search";
export type { Totals } from "./search/totals";

export { type Deployment, deploy } from "./deploy";
export type { Invariant, RunOutcome, Violation } from "./outcome";
export { runSeed } from "./scenario";

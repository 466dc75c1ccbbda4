import type { GatewayPlan } from "@sluice/dsl";
import { newWorkerMemory } from "./core/memory";
import type { Ports } from "./core/ports";
import type { Worker } from "./core/turn-state";
import { createEvaluate } from "./expressions";
import { createRequestValidator } from "./request-schema";

/** A worker that has done nothing yet: what one execution environment keeps from turn to turn. */
export const createWorker = (plan: GatewayPlan, ports: Ports, evaluate = createEvaluate()): Worker => ({
  plan,
  ports,
  memory: newWorkerMemory(),
  evaluate,
  validateRequest: createRequestValidator(plan),
});

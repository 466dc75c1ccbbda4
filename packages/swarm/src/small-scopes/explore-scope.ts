import { type Deployment, deploy } from "../deploy";
import { type Exploration, type ExploreOptions, explore } from "./explore";
import { newStage, runScope, type ScopeRun } from "./run";
import { gatewayFileOf, type Scope } from "./scope";

/** Explores a scope on the gateway that belongs to it. */
export const exploreScope = (scope: Scope, options?: ExploreOptions): Promise<Exploration> =>
  onGateway(scope, (gateway) => explore(scope, gateway, options));

/**
 * The one run of a scope that makes these choices.
 *
 * @throws RangeError when the run has no such forks or options
 */
export async function replayScope(scope: Scope, given: readonly number[]): Promise<ScopeRun> {
  const run = await onGateway(scope, (gateway) => runScope(scope, newStage(gateway), given));
  if (run.forks.length < given.length)
    throw new RangeError(
      `there is no fork ${given.length - 1}: the run had ${run.forks.length}. Give the scope with which the choices were printed.`,
    );
  return run;
}

async function onGateway<T>(scope: Scope, use: (gateway: Deployment) => Promise<T>): Promise<T> {
  const gateway = deploy(gatewayFileOf(scope));
  try {
    return await use(gateway);
  } finally {
    gateway.remove();
  }
}

/** What explores: these sources, or a copy of them with a defect. */
export interface Explorer {
  readonly exploreScope: typeof exploreScope;
  readonly replayScope: typeof replayScope;
}

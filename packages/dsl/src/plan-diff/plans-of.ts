import { resolveSpec } from "../lint";
import { isMap, valueAt } from "../merge-patch";
import type { GatewayDocument } from "../parse";
import { planGateway } from "../plan";
import type { GatewayPlan } from "../plan-types";
import { type Project, sharedEnvironments } from "../project";

/** The plans of a file in which nothing is wrong: of the file itself, and of each of its environments. */
export const plansOf = (document: GatewayDocument, project?: Project): GatewayPlan[] =>
  [undefined, ...environmentsOf(document, project)].flatMap((environment) => {
    const { spec } = resolveSpec(document, { environment, project });
    return spec ? [planGateway(spec)] : [];
  });

/** The names of a file's environments, its own and those of all gateways. */
export function environmentsOf({ value }: GatewayDocument, project?: Project): string[] {
  const environments = valueAt(value, ["environments"]);
  return [...new Set([...Object.keys(isMap(environments) ? environments : {}), ...sharedEnvironments(project)])];
}

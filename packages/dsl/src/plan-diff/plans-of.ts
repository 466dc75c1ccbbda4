import { resolveSpec } from "../lint";
import { isMap, valueAt } from "../merge-patch";
import type { GatewayDocument } from "../parse";
import { planGateway } from "../plan";
import type { GatewayPlan } from "../plan-types";

/** The plans of a file in which nothing is wrong: of the file itself, and of each of its environments. */
export const plansOf = (document: GatewayDocument): GatewayPlan[] =>
  [undefined, ...environmentsOf(document)].flatMap((environment) => {
    const { spec } = resolveSpec(document, { environment });
    return spec ? [planGateway(spec)] : [];
  });

/** The names of a file's environments. */
export function environmentsOf({ value }: GatewayDocument): string[] {
  const environments = valueAt(value, ["environments"]);
  return isMap(environments) ? Object.keys(environments) : [];
}

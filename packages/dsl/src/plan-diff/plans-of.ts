import { resolveSpec } from "../lint";
import { isMap, valueAt } from "../merge-patch";
import type { GatewayDocument } from "../parse";
import { planGateway } from "../plan";
import type { GatewayPlan } from "../plan-types";
import { type Project, sharedEnvironments } from "../project";
import type { ResolveOptions } from "../spec";
import { instancesOf, readSubject } from "../subject";

/** The plans of a file in which nothing is wrong: of the file itself, and of each of its environments. */
export const plansOf = (document: GatewayDocument, project?: Project): GatewayPlan[] =>
  [undefined, ...environmentsOf(document, project)].flatMap((environment) =>
    instanceNames(document, { environment, project }).flatMap((instance) => {
      const { spec } = resolveSpec(document, { environment, instance, project });
      return spec ? [planGateway(spec)] : [];
    }),
  );

/** The instances that an environment has; one without a name where the file is the gateway itself. */
function instanceNames(document: GatewayDocument, options: ResolveOptions): (string | undefined)[] {
  const names = instancesOf(readSubject(document, options).value).map(({ name }) => name);
  return names.length === 0 ? [undefined] : names;
}

/** The names of a file's environments, its own and those of all gateways. */
export function environmentsOf({ value }: GatewayDocument, project?: Project): string[] {
  const environments = valueAt(value, ["environments"]);
  return [...new Set([...Object.keys(isMap(environments) ? environments : {}), ...sharedEnvironments(project)])];
}

import { isMap, mergePatch, valueAt } from "./merge-patch";
import { sharedEnvironments } from "./project";
import { readSubject, type Subject } from "./subject";
import type { Json } from "./units";

/** A file as one environment makes it, or as it is. */
export interface Deployment {
  readonly subject: Subject;
  readonly value: Json;
}

/** Files that are deployed together: as they are, or those that have one environment, by themselves or by sluice.yaml. */
export interface Deployments {
  readonly environment: string | undefined;
  readonly gateways: readonly Deployment[];
}

/** What rules across files compare: all files as they are, and for each environment those that have it. */
export function deploymentsOf(subjects: readonly Subject[]): Deployments[] {
  const asTheyAre = subjects.flatMap((subject) =>
    subject.value === undefined ? [] : [{ subject, value: subject.value }],
  );
  const names = new Set(
    asTheyAre.flatMap(({ subject, value }) => [
      ...Object.keys(environmentsOf(value)),
      ...sharedEnvironments(subject.project),
    ]),
  );
  const inEnvironments = [...names].map((environment) => ({
    environment,
    gateways: asTheyAre.flatMap(({ subject, value }) => {
      const patch = valueAt(value, ["environments", environment]);
      if (isMap(patch)) return [{ subject, value: mergePatch(value, patch) }];
      return sharedEnvironments(subject.project).includes(environment) ? [{ subject, value }] : [];
    }),
  }));
  return [{ environment: undefined, gateways: asTheyAre }, ...inEnvironments];
}

/** The subject to report in: of an environment, so that the finding names it and stands in its patch. */
export function reportedSubject(subject: Subject, environment: string | undefined): Subject {
  return environment === undefined ? subject : readSubject(subject.document, { environment, project: subject.project });
}

function environmentsOf(value: Json): { [key: string]: Json } {
  const environments = valueAt(value, ["environments"]);
  return isMap(environments) ? environments : {};
}

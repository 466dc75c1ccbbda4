import { deploymentsOf } from "../deployments";
import { valueAt } from "../merge-patch";
import { stackNameOf, wantedNames } from "../names";
import { plural } from "../plural";
import { defineRule, type Report, text } from "../rule";
import { instancesOf, type Subject } from "../subject";
import type { Json } from "../units";

const messages = {
  same: {
    what: text`its stack ${"place"} would be called ${"stack"}, as that of ${"other"}`,
    why: text`Deployed to one account and region, one of the two would replace the other.`,
    mend: text`Rename the gateway or the environment; or change naming in sluice.yaml, so that the two names cannot meet.`,
  },
  long: {
    what: text`the name of ${"of"} would be ${"over"} too long ${"place"}`,
    why: text`sluice.yaml names it ${"name"} (naming: ${"naming"}), and AWS allows ${"maxChars"} characters. Cut, it would not be what was asked for.`,
    mend: text`Shorten naming, the gateway's name or the environment's.`,
  },
};

export const badNaming = defineRule({
  id: "SL062",
  name: "bad-naming",
  severity: "error",
  isJudgement: true,
  messages,
  checkAll: (subjects, reportIn) => {
    const stacks = subjects.length === 0 ? [] : stacksOf(subjects);
    const owners = new Map<string, Stack>();
    const long = new Set<Subject>();
    for (const stack of stacks) {
      const owner = owners.get(stack.name);
      if (owner === undefined) owners.set(stack.name, stack);
      // Of two gateways of one name duplicate-name speaks.
      else if (owner.gateway !== stack.gateway) reportSame(stack, owner, reportIn(stack.subject));
      if (!long.has(stack.subject) && reportLong(stack, reportIn(stack.subject))) long.add(stack.subject);
    }
  },
});

/** A stack that the files make. */
interface Stack {
  readonly subject: Subject;
  readonly gateway: string;
  readonly environment: string | undefined;
  readonly tiers: readonly string[];
  readonly naming: string | undefined;
  readonly name: string;
}

const stacksOf = (subjects: readonly Subject[]): Stack[] =>
  deploymentsOf(subjects).flatMap(({ environment, gateways }) =>
    gateways.flatMap(({ subject, value }) =>
      namesOf(value).map((gateway): Stack => {
        const naming = subject.project?.settings?.naming;
        const name = stackNameOf(gateway, environment, naming);
        return { subject, gateway, environment, tiers: tiersOf(value, subject), naming, name };
      }),
    ),
  );

function namesOf(value: Json): string[] {
  const name = valueAt(value, ["name"]);
  if (typeof name !== "string") return [];
  const instances = instancesOf(value);
  return instances.length === 0 ? [name] : instances.map((instance) => `${name}-${instance.name}`);
}

function tiersOf(value: Json, { draft }: Subject): string[] {
  const stated = valueAt(value, ["tiers"]);
  const names = Array.isArray(stated) ? stated.map((tier) => valueAt(tier, ["name"])) : [];
  return names.length > 0 ? names.map(String) : (draft.tiers ?? []).map(({ name }) => name);
}

const placeOf = (environment: string | undefined): string =>
  environment === undefined ? "without an environment" : `in ${environment}`;

function reportSame(stack: Stack, owner: Stack, report: Report<typeof messages>): void {
  const other = `${owner.gateway} ${placeOf(owner.environment)}`;
  report("same", { path: ["name"] }, { place: placeOf(stack.environment), stack: stack.name, other });
}

/** @returns whether there was something to report */
function reportLong(stack: Stack, report: Report<typeof messages>): boolean {
  const { gateway, environment, tiers, naming } = stack;
  if (naming === undefined) return false;
  const overOf = ({ name, maxChars }: { readonly name: string; readonly maxChars: number }) => name.length - maxChars;
  const [worst] = wantedNames(gateway, environment, tiers, naming).sort((one, other) => overOf(other) - overOf(one));
  if (worst === undefined || overOf(worst) <= 0) return false;
  const holes = { ...worst, naming, over: plural(overOf(worst), "character"), place: placeOf(environment) };
  report("long", { path: ["name"] }, holes);
  return true;
}

import { UNITS } from "../duration";
import { strictestIn } from "../most-calls";
import { plural } from "../plural";
import { allLimits } from "../rate";
import { defineRule, type Report, text } from "../rule";
import type { GatewayFile } from "../schema/gateway-file";
import { areSound, isStatedHere } from "../subject";
import { us } from "../units";

const messages = {
  idle: {
    what: text`${"quota"} can never be used up`,
    why: text`${"rate"} lets at most ${"most"} start between two resets, also when clocks are set back in between, so the quota never stops one.`,
    mend: text`Remove quota, or correct one of the two to what the target's documentation says.`,
  },
  reserved: {
    what: text`the reserves leave ${"lowest"} no call of the quota`,
    why: text`${"reserves"} ${"are"} kept from the tiers below, and ${"quota"} has ${"calls"}: requests of ${"lowest"} would wait until they expire.`,
    mend: text`Lower the reserves until they come to less than ${"calls"}.`,
  },
};

export const quotaWithoutEffect = defineRule({
  id: "SL038",
  name: "quota-without-effect",
  severity: "warning",
  messages,
  check: (subject, report) => {
    const { quota, rateLimit, tiers } = subject.draft;
    if (!quota || !areSound(subject, ["quota"])) return;
    if (areSound(subject, ["rateLimit"]) && isStatedHere(subject, ["quota", "calls"]))
      findIdle(quota, rateLimit, report);
    if (tiers && areSound(subject, ["tiers"])) findReserved(quota, tiers, report);
  },
});

type Quota = NonNullable<GatewayFile["quota"]>;

function findIdle({ calls: quota }: Quota, rateLimit: GatewayFile["rateLimit"], report: Report<typeof messages>): void {
  // The resets are a time of day: what lies between two of them is only known of whole days.
  if (quota.windowUs % UNITS.d !== 0) return;
  const strictest = strictestIn(us(quota.windowUs + UNITS.h), allLimits(rateLimit));
  // Used up by the very last call, it still stops none.
  if (!strictest || strictest.most > quota.calls) return;
  const place = { path: ["quota", "calls"] };
  report("idle", place, { quota: quota.text, rate: strictest.limit.text, most: plural(strictest.most, "call") });
}

function findReserved(
  { calls: quota, reserve }: Quota,
  tiers: GatewayFile["tiers"],
  report: Report<typeof messages>,
): void {
  const lowest = tiers.at(-1)?.name;
  const upper = tiers.slice(0, -1).map(({ name }) => name);
  const kept = Object.entries(reserve ?? {}).filter(([name]) => upper.includes(name));
  const sum = kept.reduce((total, [, calls]) => total + calls, 0);
  if (lowest === undefined || kept.length === 0 || sum < quota.calls) return;
  const [largest] = kept.reduce((best, one) => (one[1] > best[1] ? one : best), kept[0] ?? ["", 0]);
  const stated = kept.map(([name, calls]) => `${calls} for ${name}`).join(" and ");
  const reserves = kept.length > 1 ? `${stated}, together ${sum},` : stated;
  report(
    "reserved",
    { path: ["quota", "reserve", largest] },
    { lowest, reserves, are: sum === 1 ? "is" : "are", quota: quota.text, calls: quota.calls },
  );
}

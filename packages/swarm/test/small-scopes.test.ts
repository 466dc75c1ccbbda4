import { readFileSync } from "node:fs";
import { deploy } from "../src/deploy";
import { canPay, nextGiven, parseChoices, renderChoices } from "../src/small-scopes/course";
import { exploreScope, replayScope } from "../src/small-scopes/explore-scope";
import { explorerWith, PLANTED } from "../src/small-scopes/patched";
import { newStage, runScope, type ScopeRun } from "../src/small-scopes/run";
import { gatewayFileOf, type Scope } from "../src/small-scopes/scope";

const ONE: Scope = { dispatch: "doorbell", requests: 1, tiers: 1, slots: 2, crashes: 0, lates: 0, orders: undefined };
const CRASHED: Scope = { ...ONE, crashes: 1, lates: 1, orders: 0 };
const IN_SLOTS: Scope = { ...ONE, dispatch: "deferral" };

test.each<[string, Scope, runs: number]>([
  ["one request in every order", ONE, 10],
  ["one request with any one step late", { ...ONE, lates: 1, orders: 0 }, 20],
  ["one request and the death of its worker at any await, before or after its effect", { ...CRASHED, lates: 0 }, 30],
  ["one request in slots, with any one step late", { ...IN_SLOTS, lates: 1, orders: 0 }, 15],
  ["one request in slots and the death of its worker at any await", { ...IN_SLOTS, crashes: 1, orders: 0 }, 20],
])(
  "every run of %s keeps every invariant",
  async (_, scope, runs) => {
    const { counts, isComplete, failures } = await exploreScope(scope);
    expect(failures).toEqual([]);
    expect(isComplete).toBe(true);
    expect(counts.runs).toBeGreaterThanOrEqual(runs);
  },
  300_000,
);

test.each([ONE, IN_SLOTS])(
  "a run that is given up would go on as the run that came first, in $dispatch",
  async (one) => {
    const scope: Scope = { ...one, requests: 2, tiers: 2 };
    const twins = (await givenUp(scope)).filter((_, at) => at % 2 === 0);
    expect(twins.length).toBeGreaterThan(5);
    const gateway = deploy(gatewayFileOf(scope));
    const stage = newStage(gateway);
    for (const { pruned, first } of twins) {
      const [here, there] = [await runScope(scope, stage, pruned.given), await runScope(scope, stage, first)];
      const rest = stepsOf(here).length - pruned.steps;
      expect(stepsOf(here).slice(-rest)).toEqual(stepsOf(there).slice(-rest));
    }
    gateway.remove();
  },
  300_000,
);

/** Enough to give some up, in either dispatch. */
const RUNS_FOR_TWINS = 150;

/** Runs that came to a known state, each with the choices of the run that had come there first. */
async function givenUp(scope: Scope) {
  const gateway = deploy(gatewayFileOf(scope));
  const stage = newStage(gateway);
  const seen = new Map<string, readonly number[]>();
  const twins: { pruned: { given: readonly number[]; steps: number }; first: readonly number[] }[] = [];
  let given: number[] | undefined = [];
  for (let runs = 0; given !== undefined && runs < RUNS_FOR_TWINS; runs++) {
    let first: readonly number[] | undefined;
    const own: readonly number[] = given;
    const run: ScopeRun = await runScope(scope, stage, own, (state) => {
      first = seen.get(state);
      if (first === undefined) seen.set(state, own);
      return first !== undefined;
    });
    if (first !== undefined) twins.push({ pruned: { given: own, steps: stepsOf(run).length }, first });
    given = nextGiven(run.forks);
  }
  gateway.remove();
  return twins;
}

const stepsOf = ({ happened }: ScopeRun): string[] =>
  happened.filter(({ isChosen }) => !isChosen).map(({ atUs, label }) => `${atUs} ${label}`);

describe("a worker that takes a claim whose answer is late for its own", () => {
  const RUNS = 100;

  test("calls twice what may not be repeated: in 4 of the first 100 interleavings, each with a death and a late claim", async () => {
    const { exploreScope, replayScope } = await explorerWith(readFileSync(PLANTED, "utf8"));
    const { counts, failures } = await exploreScope(CRASHED, { goesOn: ({ runs }) => runs < RUNS });
    expect(counts).toMatchObject({ runs: RUNS, violations: 4 });
    for (const { happened, violations } of failures) {
      expect(violations.map(({ invariant }) => invariant)).toContain("once");
      const chosen = happened.filter(({ isChosen }) => isChosen).map(({ label }) => label);
      expect(chosen.join("; ")).toMatch(/dies .*late: worker 2.*claim/);
    }
    const [failure] = failures;
    const again = await replayScope(CRASHED, failure?.forks.map(({ taken }) => taken) ?? []);
    expect(again.happened).toEqual(failure?.happened);
  }, 300_000);

  test("is not what ships: the same interleavings keep every invariant", async () => {
    const { counts } = await exploreScope(CRASHED, { goesOn: ({ runs }) => runs < RUNS });
    expect(counts).toMatchObject({ runs: RUNS, violations: 0 });
  }, 300_000);
});

test("choices are printed as they are read", () => {
  const given = parseChoices("2:1, 5:3");
  expect(given).toEqual([0, 0, 1, 0, 0, 3]);
  expect(renderChoices(given.map((taken) => ({ taken })))).toBe("2:1,5:3");
  expect(renderChoices([])).toBe("plain");
  expect(() => parseChoices("5:1,2:1")).toThrow(/forks rising/);
});

test("choices of another scope are refused", async () => {
  await expect(replayScope(ONE, parseChoices("99:1"))).rejects.toThrow(/no fork 99/);
  await expect(replayScope(ONE, parseChoices("0:9"))).rejects.toThrow(/option 9 is none that is left/);
});

test("an allowance covers a cost only when it covers all of it", () => {
  expect(canPay({ orders: 1, lates: 1, crashes: 0 }, { orders: 1, lates: 0, crashes: 1 })).toBe(false);
  expect(canPay({ orders: 1, lates: 1, crashes: 0 }, { orders: 1, lates: 1, crashes: 0 })).toBe(true);
});

import pico from "picocolors";
import { renderWaitingChart } from "../../src/print/simulation-chart";
import type { RunReport } from "../../src/simulate/report";

/** A run of ten seconds in which so many waited at each second. */
const runOf = (waiting: Readonly<Record<string, readonly number[]>>) =>
  ({
    simulatedUs: 10_000_000,
    series: {
      stepUs: 1_000_000,
      steps: 10,
      tiers: Object.entries(waiting).map(([tier, mostWaiting]) => ({ tier, mostWaiting })),
    },
  }) as unknown as RunReport;

const plain = (waiting: Readonly<Record<string, readonly number[]>>): string[] =>
  renderWaitingChart(runOf(waiting), pico.createColors(false), 100);

test("each line of a drawing has its number, few requests too", () => {
  const drawing = plain({ HIGH: [0, 1, 2, 3, 3, 2, 1, 0, 0, 0] });
  expect(drawing.slice(0, 5).map((line) => line.slice(0, 5))).toEqual(["HIGH", "  3 ┼", "  2 ┤", "  1 ┤", "  0 ┼"]);
});

test("without colours a tier's name stands above its drawing, and one that stays at zero is told in words", () => {
  const drawing = plain({
    HIGH: [0, 0, 9, 0, 0, 0, 0, 0, 0, 0],
    BATCH: [900, 800, 700, 600, 500, 400, 300, 200, 100, 0],
  });
  expect(drawing.slice(0, 2)).toEqual(["HIGH: at most 9", "BATCH"]);
  expect(drawing[2]).toMatch(/^900 ┼/);
  expect(drawing.at(-1)).toMatch(/^ +0 +10 s$/);
});

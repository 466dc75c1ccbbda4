import { drawScenario, type Scenario } from "../src";
import { main } from "../src/search/main";
import { shrink } from "../src/search/shrink";

async function type(...words: string[]): Promise<{ code: number; out: string; told: string }> {
  let [out, told] = ["", ""];
  const code = await main(words, {
    out: (line) => {
      out += `${line}\n`;
    },
    progress: (line) => {
      told += `${line}\n`;
    },
    save: (name) => `kept/${name}`,
    interrupt: new AbortController().signal,
  });
  return { code, out, told };
}

test("a scenario is made as small as it still breaks", async () => {
  const needsTwo = async ({ requests, process }: Scenario) =>
    requests.some(({ name }) => name === "r3") && requests.some(({ name }) => name === "r7") && process.stallShare > 0;
  const drawn = { ...drawScenario(2), process: { ...drawScenario(2).process, stallShare: 0.1, crashShare: 0.1 } };
  const smallest = await shrink(drawn, needsTwo);
  expect(smallest.requests.map(({ name }) => name)).toEqual(["r3", "r7"]);
  expect(smallest).toMatchObject({ operations: [], process: { stallShare: 0.1, crashShare: 0 }, aws: { outages: [] } });
});

test("a search counts what it ran and what struck", async () => {
  const { code, out } = await type("--runs", "1", "--from", "3", "--format", "json");
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ runs: 1, failed: 0, requests: expect.any(Number), ends: expect.any(Object) });
}, 60_000);

test.each([
  [["--seed", "1", "--scenario", "x.json"], "Give one of them"],
  [["--scenario", "nowhere.json"], "nowhere.json cannot be read"],
  [["--minutes", "none"], "Give a number of minutes"],
  [["--sed", "4"], "Did you mean --seed?"],
])("%j is wrong use", async (words, why) => {
  const { code, told } = await type(...words);
  expect({ code, told }).toEqual({ code: 2, told: expect.stringContaining(why) });
});

test("the help has an example", async () => {
  const { code, out } = await type("--help");
  expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining("npm run simulate:search -- --minutes 10") });
});

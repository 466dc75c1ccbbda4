import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { transformSync } from "esbuild";
import { loadMutants, type Mutant, mutate, parseMutant } from "../src/mutants/catalogue";
import { examine } from "../src/mutants/examine";
import { main } from "../src/mutants/main";
import { readSource } from "../src/mutants/sources";

const PLAN = "packages/dsl/src/plan.ts";
const INTERVAL = "  return us(Math.ceil((limit.windowUs + jitterUs) / limit.calls));";
/** The first line of the plan of every gateway. */
const FIRST = "  const endpoint = planEndpoint(spec.endpoint);";

/** A mutant that has other lines in place of one. */
const replacing = (line: string, ...lines: string[]): Mutant => ({
  name: "made-for-the-test",
  wrong: "Something is wrong.",
  breaks: "a promise.",
  patch: `--- a/${PLAN}\n+++ b/${PLAN}\n@@ -1,1 +1,${lines.length} @@\n-${line}\n${lines.map((one) => `+${one}\n`).join("")}`,
});

describe("the catalogue", () => {
  test("holds 25 mutants and more", () => {
    expect(loadMutants().length).toBeGreaterThanOrEqual(25);
  });

  test.each(loadMutants().map((mutant) => [mutant.name, mutant] as const))("%s applies and compiles", (_, mutant) => {
    const changed = mutate(mutant, readSource);
    for (const [path, text] of changed) {
      expect(text).not.toEqual(readSource(path));
      transformSync(text, { loader: "ts", sourcefile: path });
    }
  });
});

describe("a patch", () => {
  test("applies where its lines have moved to", () => {
    const text = mutate(replacing(INTERVAL, "  return limit.windowUs;"), readSource).get(PLAN);
    expect(text).toContain("): Micros {\n  return limit.windowUs;\n}");
  });

  test("whose lines have changed is refused, and says how to make it anew", () => {
    const read = () => readSource(PLAN)?.replace("Math.ceil((limit", "Math.round((limit");
    expect(() => mutate(replacing(INTERVAL, "  return limit.windowUs;"), read)).toThrow(
      /^mutants\/made-for-the-test\.patch does not apply to packages\/dsl\/src\/plan\.ts: the lines that it changes are not there as it has them\. Make the same change to the sources as they are now/,
    );
  });

  test("whose lines are there twice is refused: nobody knows which are meant", () => {
    const twice = (path: string) => `${readSource(path)}\n${INTERVAL}\n`;
    expect(() => mutate(replacing(INTERVAL, "  return limit.windowUs;"), twice)).toThrow("are there 2 times");
  });

  test("of a file that is gone is refused", () => {
    expect(() => mutate(replacing(INTERVAL, ""), () => undefined)).toThrow(
      `changes ${PLAN}, and there is no such file`,
    );
  });

  test.each(["packages/swarm/src/invariants.ts", "packages/local/src/judge.ts", "README.md"])(
    "of %s is refused: a mutant is a defect of the product, not of its judge",
    (path) => {
      const mutant = replacing("one", "other");
      expect(() => mutate({ ...mutant, patch: mutant.patch.replaceAll(PLAN, path) }, () => "one")).toThrow(
        "it may change the sources of dsl, runtime and infra, and not what judges them",
      );
    },
  );

  test("without a sentence and a promise above it is refused", () => {
    const { patch } = replacing(INTERVAL, "");
    expect(() => parseMutant("bare", patch)).toThrow(
      "mutants/bare.patch must begin with a line that says what is wrong",
    );
    expect(() => parseMutant("bare", `Something is wrong.\n\n${patch}`)).toThrow('a line "Breaks: " with the promise');
  });
});

describe("a mutant", () => {
  const seeds = { first: 4, last: 4 };

  test("that changes nothing one could see is not caught", async () => {
    const { finding, calls } = await examine(replacing(INTERVAL, INTERVAL, "  // The end."), seeds);
    expect(finding).toEqual({ kind: "escaped" });
    expect(calls).toBeGreaterThan(0);
  }, 300_000);

  test("that stops the run counts as caught by nobody", async () => {
    const { finding } = await examine(replacing(FIRST, '  throw new Error("no plan today");'), seeds);
    expect(finding).toEqual({ kind: "threw", seed: 4, message: expect.stringContaining("no plan today") });
  }, 300_000);

  test("that runs in circles is ended, and counts as caught by nobody", async () => {
    const { finding } = await examine(replacing(FIRST, "  for (;;);"), seeds, 3_000);
    expect(finding).toEqual({ kind: "hung", seed: 4 });
  }, 300_000);

  test("that is no program says where", async () => {
    const { finding } = await examine(replacing(FIRST, "  const = 1;"), seeds);
    expect(finding).toEqual({
      kind: "broken",
      message: expect.stringMatching(/^made-for-the-test does not compile: Expected identifier .*plan\.ts:\d+\)$/),
    });
  });
});

describe("npm run simulate:mutants", () => {
  const folder = mkdtempSync(join(tmpdir(), "sluice-mutants-test-"));
  const memory = join(folder, "clean.json");
  afterAll(() => rmSync(folder, { recursive: true }));

  const run = async (...words: string[]) => {
    let [out, err] = ["", ""];
    const code = await main(words, {
      out: (text) => {
        out += text;
      },
      err: (text) => {
        err += text;
      },
      columns: 160,
      memory,
    });
    return { code, out, err };
  };
  const TWO = ["counts-a-window-closed-at-both-ends", "leaves-no-room-for-jitter"];

  test("shows of each mutant the invariant that caught it, and runs the clean sources once", async () => {
    const first = await run(...TWO, "--seeds", "1-3");
    expect(first.err).toContain("2 mutants, seeds 1 to 3\n");
    expect(first.err).toContain("the sources as they are: nothing broken\n");
    expect(first.out).toMatch(
      /^counts-a-window-closed-at-both-ends +N calls are spread so .* rate +\d+ +[\d,]+ +[\d.]+$/m,
    );
    expect(first.out).toContain(
      "2 of 2 mutants are caught within seeds 1 to 3; the sources as they are keep everything in them.\n",
    );
    expect(first.code).toBe(0);

    const { out, code } = await run(...TWO.slice(0, 1), "--seeds", "1-2", "--format", "json");
    expect(JSON.parse(out)).toMatchObject({
      version: 1,
      seeds: { first: 1, last: 2 },
      clean: { result: "kept", isRemembered: true },
      caught: 1,
      of: 1,
      mutants: [{ name: TWO[0], result: "caught", invariant: "rate", message: expect.stringContaining("is allowed") }],
    });
    expect(code).toBe(0);
  }, 300_000);

  test("a name that is none is wrong use, and the nearest one is named", async () => {
    const { code, err, out } = await run("ignore-retry-after");
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toBe(
      "There is no mutant ignore-retry-after in packages/swarm/mutants. Did you mean ignores-retry-after?\n",
    );
  });

  test.each([
    ["--seeds", "200-1"],
    ["--seeds", "some"],
    ["--seeds", "0-5"],
    ["--jobs", "0"],
    ["--format", "xml"],
    ["--seed", "3"],
  ])("%s %s is wrong use", async (...words) => {
    const { code, err } = await run(...words);
    expect(code).toBe(2);
    expect(err).toMatch(/^error: /);
  });

  test("--help shows an example and runs nothing", async () => {
    const { code, out, err } = await run("--help");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toContain("npm run simulate:mutants -- ignores-retry-after");
  });
});

import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { newSimulateCommand, type SimulateOptions } from "../../src/commands/simulate";
import type { RunReport } from "../../src/simulate/report";
import type { SimulationReport } from "../../src/simulate/simulation-report";
import { changed } from "../gateway-text";
import { commitAll, git } from "../git-folder";
import { newSession, type Session } from "../session";
import { LOAD, SHOP } from "../simulate-text";

let session: Session;
/** What most tests look at: one run, made once. */
let first: SimulationReport;
beforeAll(async () => {
  session = newSession();
  await session.write("shop.yaml", SHOP);
  await session.write("load.yaml", LOAD);
  first = await simulated("--seed 7 --html page.html");
}, 60_000);
afterAll(() => session.close());

async function simulated(words = "", load = "load.yaml"): Promise<SimulationReport> {
  const { code, stdout, stderr } = await session.run(`simulate shop.yaml --load ${load} --format json ${words}`);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  return JSON.parse(stdout);
}

const onlyRun = ({ runs }: SimulationReport): RunReport => {
  expect(runs).toHaveLength(1);
  return runs[0] as RunReport;
};

const tierOf = (run: RunReport, name: string) => {
  const tier = run.tiers.find((one) => one.tier === name);
  if (tier === undefined) throw new Error(`there is no tier ${name}`);
  return tier;
};

test("simulate tells waits by tier, how requests ended, the backlog, the limit, the worker and the cost", async () => {
  const { code, stdout, stderr } = await session.run("simulate shop.yaml --load load.yaml");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^shop under load\.yaml: 30 s simulated, seed 1$/m);
  expect(stdout).toMatch(/^tier +requests +p50 +p90 +p99 +longest +ideal p50 +ideal p99$/m);
  expect(stdout).toMatch(/^BATCH +60 +at once +2\d(\.\d)? s +0$/m);
  expect(stdout).toMatch(
    /3 calls in any 1 s: \d+ calls, [\d.]+ % of what it allows in that time; no window held more than 3\./,
  );
  expect(stdout).toMatch(/^state transitions +\d+ +\$0\.00\d+$/m);
  // Without colours two lines in one drawing could not be told apart.
  const [, drawings = ""] = /^Requests that waited, over time\n([\s\S]*?)\n\n/m.exec(stdout) ?? [];
  // HIGH never leaves the zero of their scale, which is told in words: a drawing of it would be empty.
  expect(drawings).toMatch(/^HIGH: at most [1-3]\nBATCH\n 60 ┼/);
  expect(drawings.match(/^ +0 +30 s$/gm)).toHaveLength(1);
});

test("a backlog of 60 at three a second is worked off in about 20 s, and HIGH goes before it", async () => {
  const run = onlyRun(first);
  const [backlog] = run.backlogs;
  // 60 batches and the HIGH requests of that time, one interval of 340 ms each: (1 s + 20 ms of jitter) / 3.
  const high = tierOf(run, "HIGH").requests;
  expect(run.limit.intervalUs).toBe(340_000);
  expect(backlog).toMatchObject({ tier: "BATCH", requests: 60, atUs: 0, left: 0 });
  expect(backlog?.drainUs).toBeGreaterThan(60 * 340_000);
  expect(backlog?.drainUs).toBeLessThan((60 + high + 5) * 340_000);
  expect(tierOf(run, "HIGH").waits?.p50Us).toBeLessThan(tierOf(run, "BATCH").waits?.p50Us ?? 0);
  expect(run.limit.mostInWindow).toBeLessThanOrEqual(3);
});

test("every request is counted once: ended in one way, or not yet", async () => {
  const run = onlyRun(await simulated("--for 8s"));
  expect(run.tiers.some(({ left }) => left > 0)).toBe(true);
  for (const { requests, ends, left } of run.tiers)
    expect(Object.values(ends).reduce((sum, count) => sum + count, left)).toBe(requests);
  expect(run.tiers.reduce((sum, { requests }) => sum + requests, 0)).toBe(run.requests);
  const asked = run.series.tiers.flatMap((tier) => tier.asked).reduce((sum, count) => sum + count, 0);
  expect(asked).toBe(run.requests);
});

test("the same seed gives the same figures, and another seed others", async () => {
  const [same, other] = [await simulated("--seed 7"), await simulated("--seed 8")];
  expect(JSON.stringify(same)).toBe(JSON.stringify(first));
  expect(JSON.stringify(other.runs)).not.toBe(JSON.stringify(first.runs));
  expect(first.seed).toBe(7);
});

test("a load of one line works: a rate for the default tier", async () => {
  await session.write("line.yaml", "arrivals: 1/s\n");
  const run = onlyRun(await simulated("--for 30s", "line.yaml"));
  expect(tierOf(run, "BATCH").requests).toBe(run.requests);
  expect(run.requests).toBeGreaterThan(15);
  expect(run.requests).toBeLessThan(50);
});

test("a backlog without a time is simulated until it is worked off", async () => {
  await session.write("backlog.yaml", "arrivals: [{ tier: BATCH, operation: price, backlog: 15 }]\n");
  const run = onlyRun(await simulated("", "backlog.yaml"));
  expect(run.simulatedUs).toBeLessThan(8_000_000);
  expect(tierOf(run, "BATCH").ends.succeeded).toBe(15);
});

test("--for goes before the load's own time, and what it is too short for is told with how long is needed", async () => {
  const { code, stdout, stderr } = await session.run("simulate shop.yaml --load load.yaml --for 5s --format json");
  expect(code).toBe(0);
  const report: SimulationReport = JSON.parse(stdout);
  expect(onlyRun(report).simulatedUs).toBe(5_000_000);
  expect(stderr).toMatch(
    /^The backlog of 60 for BATCH was not worked off in 5 s: \d+ of it are left\. At this pace it takes about --for 1m\.$/m,
  );
});

test("errors of the target end requests that must not be repeated as unknown", async () => {
  await session.write(
    "bad.yaml",
    `for: 40s
arrivals: [{ tier: HIGH, operation: order, rate: 2/s }]
target: { failures: { error: 30%, reset: 10% } }
`,
  );
  const high = tierOf(onlyRun(await simulated("", "bad.yaml")), "HIGH");
  // 40 of 100, give or take three standard deviations of some 80 requests.
  expect(high.ends.unknown / high.requests).toBeGreaterThan(0.23);
  expect(high.ends.unknown / high.requests).toBeLessThan(0.57);
});

test("calls that the target throttles are told, and repeated", async () => {
  await session.write(
    "busy.yaml",
    `for: 40s
arrivals: [{ tier: HIGH, operation: order, rate: 1/s }]
target: { failures: { throttled: 20%, retryAfter: 1s } }
`,
  );
  const busy = tierOf(onlyRun(await simulated("", "busy.yaml")), "HIGH");
  expect(busy.throttledCalls).toBeGreaterThan(2);
  expect(busy.calls).toBeGreaterThanOrEqual(busy.ends.succeeded + busy.throttledCalls);
});

test("an outage is felt while it lasts, and what waited is called after it", async () => {
  await session.write(
    "outage.yaml",
    `for: 1m
arrivals: [{ tier: BATCH, operation: price, rate: 30/m, spacing: even }]
target: { outages: [{ from: 20s, until: 30s, failure: refused }] }
`,
  );
  const batch = tierOf(onlyRun(await simulated("", "outage.yaml")), "BATCH");
  expect(batch.requests).toBe(30);
  expect(batch.calls).toBeGreaterThan(30);
  // Called at 20 s and refused, and then again two seconds later at the earliest.
  expect(batch.waits?.maxUs).toBeGreaterThan(2_000_000);
});

test("a backlog that takes longer than is simulated names no --for that would be refused", async () => {
  await session.write("years.yaml", "arrivals: [{ tier: BATCH, operation: price, backlog: 100000, within: 3650d }]\n");
  const { stderr } = await session.run("simulate shop.yaml --load years.yaml --for 1h");
  expect(stderr).toMatch(/ of it are left\. At this pace it takes more than a year, which is not simulated\.$/m);
});

test("--compare puts another file beside it under the same arrivals, with the differences", async () => {
  await session.write("faster.yaml", changed(SHOP, "rateLimit: 3/s", "rateLimit: 6/s"));
  const { code, stdout } = await session.run("simulate faster.yaml --load load.yaml --compare shop.yaml --seed 7");
  expect(code).toBe(0);
  expect(stdout).toMatch(/^ +shop\.yaml +faster\.yaml +difference$/m);
  expect(stdout).toMatch(/^BATCH: wait p99 +2\d(\.\d)? s +1\d(\.\d)? s +−1\d(\.\d)? s \(−\d\d(\.\d)? %\)$/m);
  expect(stdout).toMatch(/^BATCH: succeeded +60 +60 +same$/m);
  // A share of 90 % after one of 96 % is 6 points less, and 6.25 % less.
  expect(stdout).toMatch(/^share of the limit +[\d.]+ % +[\d.]+ % +[+−][\d.]+ points$/m);
});

test("--compare-ref compares with the file as it was in a commit", async () => {
  git(session.cwd, "init", "--quiet");
  commitAll(session.cwd);
  await session.write("shop.yaml", changed(SHOP, "rateLimit: 3/s", "rateLimit: 6/s"));
  const report = await simulated("--compare-ref HEAD --for 5s");
  expect(report.runs.map(({ file, ref, limit }) => [file, ref, limit.calls])).toEqual([
    ["shop.yaml", "HEAD", 3],
    ["shop.yaml", undefined, 6],
  ]);
  expect(report.runs[0]?.requests).toBe(report.runs[1]?.requests);
  expect(report.differences?.find(({ figure }) => figure === "BATCH: succeeded")?.difference).toBeGreaterThan(0);
  await session.write("shop.yaml", SHOP);
});

test("--compare-ref with a file that is new says that there is nothing to compare with", async () => {
  await session.write("new.yaml", changed(SHOP, "name: shop", "name: new"));
  const { code, stderr } = await session.run("simulate new.yaml --load load.yaml --compare-ref HEAD");
  expect(code).toBe(2);
  expect(stderr).toContain(
    "There is no file new.yaml at HEAD, so --compare-ref has nothing to compare with. Give a commit that has it, or compare with a file beside it: --compare FILE.",
  );
});

/** A Ctrl-C that comes when it has been looked for so often. */
const afterLooks = (looks: number): AbortSignal => {
  let looked = 0;
  const { signal } = new AbortController();
  return Object.defineProperty(signal, "aborted", { get: () => looked++ >= looks });
};

test("Ctrl-C ends it with what is known so far, exit 130, and the page is whole", async () => {
  const words = "simulate shop.yaml --load load.yaml --for 300d --format json --html ended.html";
  const { code, stdout } = await session.run(words, { interrupt: afterLooks(500) });
  expect(code).toBe(130);
  const run = onlyRun(JSON.parse(stdout));
  expect(run.isInterrupted).toBe(true);
  expect(run.requests).toBeGreaterThan(59);
  expect(run.simulatedUs).toBeLessThan(60_000_000);
  expect(readFileSync(join(session.cwd, "ended.html"), "utf8")).toMatch(/Ended before its time[\s\S]*<\/html>\n$/);
  expect(readdirSync(session.cwd).filter((name) => name.endsWith(".part"))).toEqual([]);
});

test("ended before the file itself was simulated, it says of which version the figures are", async () => {
  await session.write("other.yaml", SHOP);
  const words = "simulate shop.yaml --load load.yaml --for 300d --compare other.yaml --format json";
  const { code, stdout, stderr } = await session.run(words, { interrupt: afterLooks(500) });
  expect(code).toBe(130);
  expect(onlyRun(JSON.parse(stdout)).file).toBe("other.yaml");
  expect(stderr).toBe("These are the figures of other.yaml alone: it was ended before shop.yaml was simulated.\n");
});

test("ended while a backlog comes in, it is told in full, and nothing of it as worked off", async () => {
  await session.write("million.yaml", "arrivals: [{ tier: BATCH, operation: price, backlog: 1000000 }]\n");
  const words = "simulate shop.yaml --load million.yaml --format json";
  const { code, stdout } = await session.run(words, { interrupt: afterLooks(30) });
  expect(code).toBe(130);
  const run = onlyRun(JSON.parse(stdout));
  expect(run.requests).toBeLessThan(1_000_000);
  expect(run.backlogs).toEqual([{ tier: "BATCH", requests: 1_000_000, atUs: 0, left: 1_000_000 }]);
});

test("ended before anything was simulated, nothing is written", async () => {
  const interrupt = new AbortController();
  interrupt.abort("SIGTERM");
  const { code, stdout } = await session.run("simulate shop.yaml --load load.yaml --html never.html", {
    interrupt: interrupt.signal,
  });
  expect({ code, stdout }).toEqual({ code: 143, stdout: "" });
  expect(existsSync(join(session.cwd, "never.html"))).toBe(false);
});

test("a load with findings is not simulated: all of them on standard error, exit 1", async () => {
  await session.write("wrong.yaml", "arrivals:\n  - { tier: HIHG, rate: 5 }\n  - { operation: prize, backlog: 10 }\n");
  const { code, stdout, stderr } = await session.run("simulate shop.yaml --load wrong.yaml");
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain("wrong.yaml:2:13  error  LD008 unknown-tier");
  expect(stderr).toContain("Did you mean HIGH?");
  expect(stderr).toContain("wrong.yaml:2:25  error  SL004 bare-number");
  expect(stderr).toContain("wrong.yaml:3:18  error  LD009 unknown-operation");
  // Findings in loads have no pages of their own.
  expect(stderr.match(/^More: .*$/gm)).toEqual([
    "More: docs/simulate.md, Findings",
    "More: sluice rule bare-number",
    "More: docs/simulate.md, Findings",
  ]);
});

test("a gateway file in place of the load says how the two are given", async () => {
  const { code, stderr } = await session.run("simulate shop.yaml --load shop.yaml");
  expect(code).toBe(1);
  expect(stderr).toContain("It belongs into a gateway file.\nName that first, and then what comes in");
});

test("a request that the operation would refuse is a finding, not a simulation of refusals", async () => {
  await session.write("wrong.yaml", "arrivals:\n  - { operation: order, request: { item: abc }, rate: 1/s }\n");
  const { code, stderr } = await session.run("simulate shop.yaml --load wrong.yaml");
  expect(code).toBe(1);
  expect(stderr).toContain("wrong.yaml:2:25  error  LD015 request-that-does-not-fit");
});

test("a recorded request that the operation refuses ends as other, with the name of its error", async () => {
  const input = JSON.stringify({ operation: "order", request: { item: "abc" } });
  await session.write("starts.json", JSON.stringify({ startDate: "2026-01-05T06:00:00Z", input }));
  const { code, stdout } = await session.run("simulate shop.yaml --load starts.json");
  expect(code).toBe(0);
  expect(stdout).toMatch(/^tier +succeeded +other +calls$/m);
  expect(stdout).toContain('Told as "other" are those that ended with Gateway.InvalidRequest (1).');
});

test.each([
  [
    "a load that is missing",
    "simulate shop.yaml --load nothing.yaml",
    "There is no file nothing.yaml. --load names what comes in: a YAML file, of one line at least: arrivals: 5/s.",
  ],
  [
    "a load of nearly that name",
    "simulate shop.yaml --load lod.yaml",
    "There is no file lod.yaml. Did you mean load.yaml?",
  ],
  ["a gateway that is missing", "simulate nothing.yaml --load load.yaml", "There is no file nothing.yaml."],
  [
    "no load",
    "simulate shop.yaml",
    "Nothing says what comes in. Name a load file, or recorded starts, with --load FILE.",
  ],
  ["a mistyped --load", "simulate shop.yaml --laod load.yaml", "unknown option '--laod'\n(Did you mean --load?)"],
  ["a load of no name", "simulate shop.yaml --load=", "Nothing says what comes in."],
  [
    "a time without its unit",
    "simulate shop.yaml --load load.yaml --for 7",
    "Write a whole number above 0 and its unit, like 12h or 7d.",
  ],
  ["a seed that is none", "simulate shop.yaml --load load.yaml --seed x", "It must be a whole number from 0 to"],
  [
    "two things to compare with",
    "simulate shop.yaml --load load.yaml --compare a.yaml --compare-ref HEAD",
    "--compare and --compare-ref exclude each other",
  ],
])("%s is wrong use, told in a sentence", async (_, words, sentence) => {
  const { code, stdout, stderr } = await session.run(words);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain(sentence);
});

test("a load in which nothing comes in the time is told so", async () => {
  await session.write("late.yaml", "arrivals: [{ backlog: 10, at: 2h }]\n");
  const { code, stderr } = await session.run("simulate shop.yaml --load late.yaml --for 1h");
  expect(code).toBe(2);
  expect(stderr).toContain("No request comes within 1 h of late.yaml");
});

test("a load that would take hours says how many requests it has, and which time is short enough", async () => {
  await session.write("huge.yaml", "for: 100d\narrivals: 900/s\n");
  const { code, stderr } = await session.run("simulate shop.yaml --load huge.yaml");
  expect(code).toBe(2);
  expect(stderr).toContain("About 7,776,000,000 requests come within 100 d of huge.yaml");
  expect(stderr).toContain("at most --for 370m");
});

describe("refusals that come from git name --compare-ref", () => {
  const refusal = async (ref: string, there: Session, env: Record<string, string> = {}): Promise<string> => {
    const words = `simulate shop.yaml --load load.yaml --compare-ref ${ref}`;
    const { code, stdout, stderr } = await there.run(words, { env });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    return stderr;
  };

  test("a commit that is not there", async () => {
    expect(await refusal("nowhere", session)).toContain(
      "git knows no commit nowhere. Give --compare-ref a branch, a tag or a commit",
    );
  });

  test("no repository, and no git", async () => {
    const bare = newSession();
    await bare.write("shop.yaml", SHOP);
    await bare.write("load.yaml", LOAD);
    expect(await refusal("HEAD", bare)).toMatch(
      /is not inside a git repository, and simulate compares with what one holds \(--compare-ref\)\. Run it inside of one, or compare with a file beside it: --compare FILE\n$/,
    );
    expect(await refusal("HEAD", bare, { PATH: join(bare.cwd, "nothing") })).toContain(
      "and simulate reads the other side by it (--compare-ref).",
    );
    bare.close();
  });
});

describe("a file with instances", () => {
  const withInstances = (...names: string[]): string =>
    `${changed(SHOP, "name: shop", "name: shops")}instances:\n${names.map((name, i) => `  - { name: ${name}, rateLimit: ${3 * (i + 1)}/s }\n`).join("")}`;
  beforeAll(() => session.write("shops.yaml", withInstances("acme", "globex")));

  const run = (words: string) => session.run(`simulate shops.yaml --load load.yaml --for 5s ${words}`);

  test("is simulated one gateway after the other, each with a page of its own", async () => {
    const { code, stdout, stderr } = await run("--html shops.html");
    expect(code).toBe(0);
    expect(stdout.match(/^shops-\w+ under .*$/gm)).toEqual([
      "shops-acme under load.yaml: 5 s simulated, seed 1",
      "shops-globex under load.yaml: 5 s simulated, seed 1",
    ]);
    expect(stderr.match(/^The plots are in .*$/gm)).toEqual([
      "The plots are in shops-acme.html.",
      "The plots are in shops-globex.html.",
    ]);
    expect(readFileSync(join(session.cwd, "shops-globex.html"), "utf8")).toContain("<h1>shops-globex under load.yaml");
  });

  test("is told in one object for machines, and --instance chooses one, told as a file of one gateway is", async () => {
    const { version, instances } = JSON.parse((await run("--format json")).stdout);
    expect(version).toBe(1);
    expect(
      instances.map((one: { instance: string } & SimulationReport) => [one.instance, onlyRun(one).limit.calls]),
    ).toEqual([
      ["acme", 3],
      ["globex", 6],
    ]);
    const one: SimulationReport = JSON.parse((await run("--format json --instance globex")).stdout);
    expect(onlyRun(one)).toEqual(instances[1].runs[0]);
  });

  test("is compared instance by instance, and with a file of one gateway", async () => {
    await session.write("other.yaml", withInstances("globex", "acme"));
    const gatewaysOf = ({ runs }: SimulationReport) => runs.map(({ gateway, limit }) => `${gateway} ${limit.calls}`);
    const { instances } = JSON.parse((await run("--format json --compare other.yaml")).stdout);
    expect(instances.map(gatewaysOf)).toEqual([
      ["shops-acme 6", "shops-acme 3"],
      ["shops-globex 3", "shops-globex 6"],
    ]);
    const beside = JSON.parse((await run("--format json --instance globex --compare shop.yaml")).stdout);
    expect(gatewaysOf(beside)).toEqual(["shop 3", "shops-globex 6"]);
  });

  test("Ctrl-C ends it with the gateway that is being simulated", async () => {
    const words = "simulate shops.yaml --load load.yaml --for 300d --format json";
    const { code, stdout } = await session.run(words, { interrupt: afterLooks(500) });
    expect(code).toBe(130);
    expect(JSON.parse(stdout).instances.map(({ instance }: { instance: string }) => instance)).toEqual(["acme"]);
  });

  test.each([
    [
      "an instance that is not there",
      "shops.yaml --instance acne",
      "shops.yaml has no instance acne. Did you mean acme? Its instances: acme, globex.",
    ],
    [
      "an instance of a file that has none",
      "shop.yaml --instance acme",
      "shop.yaml has no `instances`: it is one gateway. Leave out --instance.",
    ],
    [
      "an instance that the other file lacks",
      "shops.yaml --compare fewer.yaml",
      "fewer.yaml has the instances acme, but not globex, so there is nothing to compare it with.",
    ],
    [
      "instances beside a file of one gateway",
      "shop.yaml --compare shops.yaml",
      "shops.yaml has the instances acme, globex, while shop.yaml is one gateway",
    ],
  ])("%s is wrong use", async (_, words, sentence) => {
    await session.write("fewer.yaml", withInstances("acme"));
    const { code, stdout, stderr } = await session.run(`simulate --load load.yaml ${words}`);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(sentence);
  });
});

test.each([
  ["nowhere/page.html", "--html nowhere/page.html cannot be written: there is no folder nowhere. Make it first."],
  [".", "--html . is a folder. Name a file."],
  ["shop.yaml/page.html", "--html shop.yaml/page.html cannot be written: shop.yaml is a file, not a folder."],
  [`${"x".repeat(300)}.html`, "the name is too long."],
])("a page that cannot be written, %s, is refused before anything is simulated", async (page, sentence) => {
  // A run of so many days would take hours.
  const { code, stdout, stderr } = await session.run(`simulate shop.yaml --load load.yaml --for 300d --html ${page}`);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain(sentence);
});

test("a page is written to a device, which stays what it is", async () => {
  const { code } = await session.run("simulate shop.yaml --load load.yaml --for 5s --html /dev/null");
  expect(code).toBe(0);
  expect(statSync("/dev/null").isCharacterDevice()).toBe(true);
});

const REPOSITORY = join(__dirname, "..", "..", "..", "..");

test.each(readdirSync(join(REPOSITORY, "loads")))(
  "loads/%s is simulated with a gateway of gateways/",
  async (name) => {
    const [gateway, load] = [join(REPOSITORY, "gateways", "nvd.yaml"), join(REPOSITORY, "loads", name)];
    const { code, stdout } = await session.run(`simulate ${gateway} --load ${load} --for 2m --format json`);
    expect(code).toBe(0);
    const { runs }: SimulationReport = JSON.parse(stdout);
    expect(runs[0]?.requests).toBeGreaterThan(0);
    expect(runs[0]?.calls).toBeGreaterThan(0);
  },
  120_000,
);

test("the help has examples, and says what a load is", async () => {
  const { code, stdout } = await session.run("simulate --help");
  expect(code).toBe(0);
  expect(stdout).toContain("$ sluice simulate gateways/companies-house.yaml --load loads/weekday.yaml");
  expect(stdout).toContain("arrivals: 5/s");
});

test("simulate takes a seed of 1, for people, unless told otherwise", async () => {
  const seen: SimulateOptions[] = [];
  const command = newSimulateCommand(async (options) => void seen.push(options));
  await command.parseAsync(["a.yaml", "--load", "l.yaml"], { from: "user" });
  expect(seen).toEqual([
    {
      ...{ file: "a.yaml", load: "l.yaml", for: undefined, seed: 1, env: undefined, instance: undefined },
      ...{ html: undefined, format: "pretty", compare: undefined, compareRef: undefined },
    },
  ]);
});

import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { changed, WEATHER, withToken } from "../gateway-text";
import { commitAll, git, temporaryFolder } from "../git-folder";
import { newSession, type Session } from "../session";

const prepared = newSession();
beforeAll(async () => {
  git(prepared.cwd, "init", "--quiet");
  await prepared.write("gateways/weather.yaml", WEATHER);
  commitAll(prepared.cwd);
});
afterAll(() => prepared.close());

let session: Session;
beforeEach(() => {
  session = newSession();
  cpSync(prepared.cwd, session.cwd, { recursive: true });
});
afterEach(() => session.close());

const SLOWER = changed(WEATHER, "rateLimit: 5/s", "rateLimit: 2/s");

/** What `--format json` says. */
async function planned(words = "", where = session) {
  const { code, stdout, stderr } = await where.run(`plan ${words} --format json`);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return JSON.parse(stdout);
}

const summary = ({ gateways }: { gateways: { kind: string; gateway: string }[] }): string[] =>
  gateways.map(({ kind, gateway }) => `${kind} ${gateway}`);

/** A session that stands in another folder. */
const at = (cwd: string): Session => newSession(cwd);

describe("what is compared", () => {
  test("without a change, one line and exit 0", async () => {
    const { code, stdout, stderr } = await session.run("plan");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^No deployed gateway changes\. Compared with HEAD \([0-9a-f]{10}\)\.\n$/);
  });

  test("a change that is not committed is compared with HEAD, exit 0", async () => {
    await session.write("gateways/weather.yaml", SLOWER);
    const { code, stdout } = await session.run("plan");
    expect(code).toBe(0);
    expect(stdout).toContain("weather: changed");
    expect(stdout).toMatch(/^calls a second +4\.902 +1\.961 +−60 %$/m);
    expect(stdout).toMatch(/^drain of 100,000 requests +5 h 40 min +14 h 10 min +\+150 %$/m);
  });

  test("large counts are written with their thousands apart", async () => {
    await session.write("gateways/tides.yaml", changed(WEATHER, "name: weather", "name: tides"));
    const { stdout } = await session.run("plan");
    expect(stdout).toMatch(/^BATCH at once, all before the timeout +17,\d{3}$/m);
    rmSync(join(session.cwd, "gateways", "tides.yaml"));
  });

  test("a file that git does not know yet is an added gateway, a deleted one a removed gateway", async () => {
    await session.write("gateways/tides.yaml", WEATHER.replaceAll("weather", "tides"));
    rmSync(join(session.cwd, "gateways/weather.yaml"));
    const plan = await planned();
    expect(summary(plan)).toEqual(["added tides", "added tides", "removed weather", "removed weather"]);
  });

  test("the last file of the folder may be removed, and named", async () => {
    rmSync(join(session.cwd, "gateways"), { recursive: true });
    const removed = ["removed weather", "removed weather"]; // And its environment.
    expect(summary(await planned())).toEqual(removed);
    expect(summary(await planned("gateways/weather.yaml"))).toEqual(removed);
    expect(summary(await planned("gateways"))).toEqual(removed);
  });

  test("a moved file whose gateway keeps its name changes nothing", async () => {
    renameSync(join(session.cwd, "gateways/weather.yaml"), join(session.cwd, "gateways/wetter.yaml"));
    const plan = await planned();
    expect(plan).toMatchObject({ care: "safe", gateways: [], withoutEffect: ["gateways/wetter.yaml"] });
  });

  test("a renamed gateway is one entry, with the name that it had", async () => {
    rmSync(join(session.cwd, "gateways/weather.yaml"));
    await session.write("gateways/climate.yaml", changed(WEATHER, "name: weather", "name: climate"));
    const { code, stdout } = await session.run("plan");
    expect(code).toBe(0);
    expect(stdout).toContain("climate in staging: renamed from weather");
    expect(stdout).toContain("paused: deploy only while no request waits");
  });

  test("a comment is a change of the file and of nothing that is deployed", async () => {
    await session.write("gateways/weather.yaml", `# Noted today.\n${WEATHER}`);
    expect((await session.run("plan")).stdout).toContain(
      "gateways/weather.yaml: changed, but nothing that is deployed changes.",
    );
  });

  test("--base compares with where this branch left it: what others did there since is not undone here", async () => {
    git(session.cwd, "checkout", "--quiet", "-b", "mine");
    await session.write("gateways/weather.yaml", SLOWER);
    commitAll(session.cwd);
    git(session.cwd, "checkout", "--quiet", "main");
    await session.write("gateways/tides.yaml", WEATHER.replaceAll("weather", "tides"));
    commitAll(session.cwd);
    git(session.cwd, "checkout", "--quiet", "mine");
    const plan = await planned("--base main");
    expect(summary(plan)).toEqual(["changed weather"]);
    expect(plan.base).toMatchObject({ ref: "main", isMergeBase: true });
    expect((await session.run("plan --base main")).stdout).toContain("Compared with where this branch left main (");
  });

  test("a tag and a commit are bases too", async () => {
    git(session.cwd, "tag", "deployed");
    await session.write("gateways/weather.yaml", SLOWER);
    commitAll(session.cwd);
    expect(summary(await planned("--base deployed"))).toEqual(["changed weather"]);
    expect(summary(await planned("--base HEAD~1"))).toEqual(["changed weather"]);
    expect(summary(await planned())).toEqual([]);
  });

  test("files in a subfolder are found from there, and those above by ..", async () => {
    await session.write("gateways/weather.yaml", SLOWER);
    const inside = at(join(session.cwd, "gateways"));
    expect(summary(await planned("weather.yaml", inside))).toEqual(["changed weather"]);
    expect(summary(await planned(".", inside))).toEqual(["changed weather"]);
    mkdirSync(join(session.cwd, "deep/down"), { recursive: true });
    const down = at(join(session.cwd, "deep/down"));
    expect(summary(await planned("../../gateways", down))).toEqual(["changed weather"]);
  });

  test("files at the top of the repository are found", async () => {
    await session.write("weather.yaml", WEATHER);
    commitAll(session.cwd);
    await session.write("weather.yaml", SLOWER);
    expect(summary(await planned("."))).toEqual(["changed weather"]);
  });

  test("names with spaces, quotes, unicode and brackets are names", async () => {
    const names = ["mein wetter.yaml", "größe-天気.yaml", 'say "hi" [1]*.yaml', ":(top)odd.yaml"];
    for (const [i, name] of names.entries()) {
      await session.write(`odd/${name}`, WEATHER.replaceAll("weather", `weather-${i}`));
    }
    commitAll(session.cwd);
    for (const [i, name] of names.entries()) {
      await session.write(`odd/${name}`, SLOWER.replaceAll("weather", `weather-${i}`));
    }
    expect(summary(await planned("odd"))).toEqual(names.map((_, i) => `changed weather-${i}`));
    expect(summary(await planned("'odd/mein wetter.yaml'"))).toEqual(["changed weather-0"]);
  });

  test("line ends are no change, whichever of the two git keeps", async () => {
    await session.write("gateways/weather.yaml", WEATHER.replaceAll("\n", "\r\n"));
    expect(await planned()).toMatchObject({ gateways: [], withoutEffect: [], unchangedFiles: 1 });
    commitAll(session.cwd);
    await session.write("gateways/weather.yaml", WEATHER);
    expect(await planned()).toMatchObject({ gateways: [] });
  });

  test("a link is followed on both sides", async () => {
    symlinkSync("../gateways/weather.yaml", join(session.cwd, "gateways/linked.yaml"));
    mkdirSync(join(session.cwd, "links"));
    symlinkSync("../gateways/weather.yaml", join(session.cwd, "links/weather.yaml"));
    commitAll(session.cwd);
    expect(summary(await planned("links"))).toEqual([]);
    await session.write("gateways/weather.yaml", SLOWER);
    expect(summary(await planned("links"))).toEqual(["changed weather"]);
  });

  test("in a submodule its own repository is compared; from outside it is refused with what to do", async () => {
    const library = temporaryFolder();
    git(library.path, "init", "--quiet");
    await at(library.path).write("weather.yaml", WEATHER);
    commitAll(library.path);
    git(session.cwd, "submodule", "--quiet", "add", library.path, "shared");
    commitAll(session.cwd);
    await session.write("shared/weather.yaml", SLOWER);
    expect(summary(await planned("weather.yaml", at(join(session.cwd, "shared"))))).toEqual(["changed weather"]);
    expect(await session.run("plan shared")).toEqual({
      code: 2,
      stdout: "",
      stderr: "sluice: shared is a submodule, a repository of its own. Run plan inside of it.\n",
    });
    library.close();
  });

  test("nothing is written to the repository", async () => {
    await session.write("gateways/weather.yaml", SLOWER);
    const before = listing(join(session.cwd, ".git"));
    await planned("--base main");
    expect(listing(join(session.cwd, ".git"))).toEqual(before);
    expect(git(session.cwd, "status", "--porcelain")).toBe(" M gateways/weather.yaml\n");
  });
});

/** Every file of a folder with its content. */
const listing = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => `${file} ${readFileSync(file, "base64")}`)
    .sort();

describe("environments", () => {
  test("the same change in all of them is one entry; another one has its own", async () => {
    await session.write("gateways/weather.yaml", changed(WEATHER, "timeout: 2m", "timeout: 3m"));
    const { gateways } = await planned();
    // 5/s and 1/s: the same change, other figures.
    expect(gateways.map((gateway: { environments: unknown }) => gateway.environments)).toEqual([[null], ["staging"]]);
  });

  test("--env tells of that one alone", async () => {
    await session.write("gateways/weather.yaml", SLOWER);
    expect((await planned("--env staging")).gateways).toEqual([]);
    await session.write("gateways/weather.yaml", changed(WEATHER, "rateLimit: 1/s", "rateLimit: 2/s"));
    expect((await planned("--env staging")).gateways).toMatchObject([{ environments: ["staging"] }]);
  });

  test("an environment that no file has is wrong use", async () => {
    expect(await session.run("plan --env stagin")).toEqual({
      code: 2,
      stdout: "",
      stderr: "sluice: No gateway file has an environment stagin. There are: staging.\n",
    });
  });
});

describe("files with errors", () => {
  test("here: the findings on standard error, nothing on standard output, exit 1", async () => {
    await session.write("gateways/weather.yaml", changed(WEATHER, "rateLimit: 5/s", "rateLimit: 5"));
    const { code, stdout, stderr } = await session.run("plan");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain("gateways/weather.yaml:3:12  error");
  });

  test("here, in an unchanged file: no concern of this change", async () => {
    await session.write("gateways/broken.yaml", "version: 1\n");
    commitAll(session.cwd);
    await session.write("gateways/weather.yaml", SLOWER);
    expect(summary(await planned())).toEqual(["changed weather"]);
  });

  test("a new gateway with the name of an unchanged one is a finding", async () => {
    await session.write("gateways/other.yaml", WEATHER);
    const { code, stderr } = await session.run("plan");
    expect(code).toBe(1);
    expect(stderr).toContain("duplicate-name");
  });

  test.each([
    ["a mistake in it", "rateLimit: 5"],
    ["another version of the language", "version: 0"],
    ["no YAML at all", "}{"],
  ])("at the base, %s: it is told why, and the gateway counts as added", async (_, text) => {
    await session.write("gateways/tides.yaml", text);
    commitAll(session.cwd);
    await session.write("gateways/tides.yaml", WEATHER.replaceAll("weather", "tides"));
    const plan = await planned();
    expect(summary(plan)).toContain("added tides");
    expect(plan.unreadable).toEqual([
      { file: "gateways/tides.yaml", reason: expect.stringMatching(/^Line 1, [a-z-]+: /) },
    ]);
    expect((await session.run("plan")).stdout).toContain("gateways/tides.yaml: its base could not be read.");
  });
});

describe("a base that is not UTF-8", () => {
  const LATIN = Buffer.from(`# M\u00e4rz\n${WEATHER}`, "latin1");

  test("is told with the sentence that lint has for such a file, and mending it is an added gateway", async () => {
    writeFileSync(join(session.cwd, "gateways/weather.yaml"), LATIN);
    commitAll(session.cwd);
    await session.write("gateways/weather.yaml", WEATHER);
    const reason = "The file gateways/weather.yaml is not UTF-8, and was not read. Save it as UTF-8.";
    const plan = await planned();
    expect(plan.unreadable).toEqual([{ file: "gateways/weather.yaml", reason }]);
    expect(summary(plan)).toEqual(["added weather", "added weather"]);
  });

  test("and is sluice.yaml, leaves no gateway at the base to compare with", async () => {
    writeFileSync(join(session.cwd, "sluice.yaml"), Buffer.from("# M\u00e4rz\nversion: 1\n", "latin1"));
    commitAll(session.cwd);
    await session.write("sluice.yaml", "version: 1\n");
    const reason = "The file sluice.yaml is not UTF-8, and was not read. Save it as UTF-8.";
    const plan = await planned();
    expect(plan.unreadable).toEqual([{ file: "gateways/weather.yaml", reason }]);
    expect(summary(plan)).toEqual(["added weather", "added weather"]);
  });
});

describe("what cannot be compared", () => {
  const refusal = async (words: string, where = session) => {
    const { code, stdout, stderr } = await where.run(words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    return stderr;
  };

  test("outside of a git repository it says so", async () => {
    const folder = temporaryFolder();
    expect(await refusal("plan", at(folder.path))).toBe(
      `sluice: ${realpathSync(folder.path)} is not inside a git repository, and plan compares with what one holds (--base). Run it inside of one, or use: sluice explain FILE\n`,
    );
    folder.close();
  });

  test("in a repository without a work tree it says so", async () => {
    const folder = temporaryFolder();
    git(folder.path, "init", "--quiet", "--bare");
    expect(await refusal("plan", at(folder.path))).toContain("without a work tree");
    folder.close();
  });

  test("in a repository without a commit it says so", async () => {
    const folder = temporaryFolder();
    git(folder.path, "init", "--quiet");
    expect(await refusal("plan", at(folder.path))).toContain("no commit yet");
    folder.close();
  });

  test.each(["nowhere", "--since=2020-01-01", "HEAD:gateways"])("--base=%s is no commit", async (ref) => {
    expect(await refusal(`plan --base=${ref}`)).toContain(`git knows no commit ${ref}. Give --base a branch`);
  });

  test("a file that is on neither side", async () => {
    expect(await refusal("plan gateways/tides.yaml")).toBe(
      "sluice: There is no gateway file gateways/tides.yaml, neither here nor at HEAD.\n",
    );
    expect(await refusal("plan", at(join(session.cwd, "gateways")))).toContain("No gateway files found");
  });

  test("a file outside of the repository", async () => {
    const folder = temporaryFolder();
    expect(await refusal(`plan ${folder.path}`)).toContain("lies outside of the git repository");
    folder.close();
  });

  test("without git it says that git is missing", async () => {
    const { code, stderr } = await session.run("plan", { env: { PATH: join(session.cwd, "nothing") } });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: "sluice: git is not installed here, or not on the PATH, and plan reads the other side by it (--base).\n",
    });
  });

  test("Ctrl-C ends it with 130", async () => {
    const interrupt = new AbortController();
    interrupt.abort();
    expect((await session.run("plan", { interrupt: interrupt.signal })).code).toBe(130);
  });
});

describe("a shallow clone", () => {
  let clone: Session;
  let folder: ReturnType<typeof temporaryFolder>;
  beforeEach(async () => {
    folder = temporaryFolder();
    git(session.cwd, "checkout", "--quiet", "-b", "mine");
    await session.write("gateways/weather.yaml", SLOWER);
    commitAll(session.cwd);
    git(folder.path, "clone", "--quiet", "--depth=1", "--branch=mine", `file://${session.cwd}`, "clone");
    clone = at(join(folder.path, "clone"));
  });
  afterEach(() => folder.close());

  test("works with what it holds", async () => {
    await clone.write("gateways/weather.yaml", WEATHER);
    expect(summary(await planned("", clone))).toEqual(["changed weather"]);
  });

  test("without the base says what to fetch, and that is enough", async () => {
    const { code, stderr } = await clone.run("plan --base origin/main");
    expect(code).toBe(2);
    const [, command = ""] = /Fetch it with: git (.*)\n$/.exec(stderr) ?? [];
    expect(command).toBe("fetch --depth=1 origin main:refs/remotes/origin/main");
    git(clone.cwd, ...command.split(" "));
    const plan = await planned("--base origin/main", clone);
    expect(summary(plan)).toEqual(["changed weather"]);
    expect(plan.base.isMergeBase).toBe(false);
  });

  test("asked for an older commit says how to deepen", async () => {
    const { stderr } = await clone.run("plan --base HEAD~1");
    const [, command = ""] = /Fetch it with: git (.*)\n$/.exec(stderr) ?? [];
    git(clone.cwd, ...command.split(" "));
    expect(summary(await planned("--base HEAD~1", clone))).toEqual(["changed weather"]);
  });
});

describe("--format markdown", () => {
  const markdown = async () => (await session.run("plan --format markdown")).stdout;

  test("has a heading for each gateway, folded figures, and ends in the mark by which a bot finds its comment", async () => {
    await session.write("gateways/weather.yaml", changed(SLOWER, "  - { name: BATCH, timeout: 1h }\n", ""));
    const text = await markdown();
    expect(text).toMatch(/^## Sluice plan: paused\n/);
    expect(text).toMatch(/^### 🔴 weather: changed$/m);
    expect(text).toMatch(/^- 🔴 The tier BATCH is removed\.$/m);
    expect(text).toMatch(
      /^<details><summary>Figures before and after<\/summary>\n\n\| {2}\| before \| after \| change \|$/m,
    );
    expect(text.endsWith("\n\n<!-- sluice-plan -->\n")).toBe(true);
  });

  test("a text of the user's is never markup, however it is written", async () => {
    const owner = "@everyone <!-- sluice-plan --> ``x`` | </details>";
    await session.write("gateways/weather.yaml", `owner: "${owner}"\n${WEATHER}`);
    expect(await markdown()).toContain(`The owner: none to \`\`\` ${owner} \`\`\`.`);
  });

  test("a comment is never longer than GitHub takes", async () => {
    for (let i = 0; i < 60; i++)
      await session.write(`gateways/weather-${i}.yaml`, WEATHER.replaceAll("weather", `weather-${i}`));
    const text = await markdown();
    expect(text.length).toBeLessThan(65_536);
    expect(text).toMatch(/more do not fit in a comment/);
  });
});

test("no secret is in any format, whatever of it changes", async () => {
  await session.write("gateways/weather.yaml", withToken(WEATHER, "new-secret"));
  const { stdout } = await session.run("plan");
  expect(stdout).toContain("First put into Secrets Manager: new-secret.");
});

test("no line is wider than 100 characters where there is no terminal, unless a word is", async () => {
  await session.write("gateways/weather.yaml", changed(SLOWER, "  - { name: BATCH, timeout: 1h }\n", ""));
  const { stdout } = await session.run("plan");
  expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(100);
});

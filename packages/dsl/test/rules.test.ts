import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { lintGateways, RULES, readProject } from "@sluice/dsl";
import { wholeFile } from "./source";

const ROOT = join(__dirname, "..", "..", "..");
const PAGES = join(ROOT, "docs", "rules");
const RULE_NAMES = RULES.map(({ id, name }) => ({ id, name }));

test("rules are numbered without a gap, and every name is used once", () => {
  expect(RULES.map(({ id }) => id)).toEqual(RULES.map((_, index) => `SL${String(index + 1).padStart(3, "0")}`));
  expect(new Set(RULES.map(({ name }) => name)).size).toBe(RULES.length);
});

// One suite for all of them: each suite loads the language anew, which takes longer than a rule's cases.
// `npx jest rules.test -t NAME` runs those of one.
describe.each(RULE_NAMES)("$name", ({ name }) => {
  require(`./rules/${name}.cases`);
});

test.each(RULE_NAMES)("$name is one file, one file of cases and one page: why, wrong, right", ({ id, name }) => {
  expect(existsSync(join(ROOT, "packages", "dsl", "src", "rules", `${name}.ts`))).toBe(true);
  expect(existsSync(join(__dirname, "rules", `${name}.cases.ts`))).toBe(true);
  const page = readPage(name);
  expect(page.split("\n")[0]).toBe(`# ${id} ${name}`);
  expect([...page.matchAll(/^## (.*)$/gm)].map(([, title]) => title)).toEqual(["Wrong", "Right"]);
});

test.each(RULE_NAMES)(
  "what the page of $name calls wrong is found, and alone; what it calls right is clean",
  ({ name }) => {
    // What this version's worker does not do yet is refused wherever it stands, in what is right of it too. A page on
    // such a key is about the day on which it is done, so not-yet counts on its own page only.
    const counts = (found: string) => found !== "not-yet" || name === "not-yet";
    expect([...new Set(findingsOf(name, "Wrong").filter(counts))]).toEqual([name]);
    expect(findingsOf(name, "Right").filter(counts)).toEqual([]);
  },
);

test("no page and no cases are left of a rule that is not there", () => {
  const names = RULES.map(({ name }) => name);
  const pages = readdirSync(PAGES).filter((file) => file !== "README.md");
  expect(pages.sort()).toEqual(names.map((name) => `${name}.md`).sort());
  expect(readdirSync(join(__dirname, "rules")).sort()).toEqual(names.map((name) => `${name}.cases.ts`).sort());
});

function readPage(name: string): string {
  return readFileSync(join(PAGES, `${name}.md`), "utf8");
}

/** Lints the YAML of a page's section; a comment on top names a file, or what was asked for with --env. */
function findingsOf(name: string, section: "Wrong" | "Right"): string[] {
  const text =
    readPage(name)
      .split(/^## /m)
      .find((part) => part.startsWith(section)) ?? "";
  const blocks = [...text.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, block]) => block ?? "");
  const files = blocks.map((block, index) => ({
    file: /^# (\S+\.yaml)$/m.exec(block)?.[1] ?? "test.yaml",
    // Blocks that are about something else have targets of their own.
    text: /^endpoint:/m.test(block)
      ? wholeFile(block)
      : wholeFile(block).replace("api.example", `api-${index}.example`),
  }));
  const environment = blocks.map((block) => /^# --env (\S+)$/m.exec(block)?.[1]).find(Boolean);
  const shared = blocks.find((block) => block.startsWith("# sluice.yaml\n"));
  const project = shared === undefined ? undefined : readProject(shared, "sluice.yaml");
  const gateways = files.filter(({ file }) => file !== "sluice.yaml");
  return lintGateways(gateways, { environment, project }).findings.map((finding) => finding.name);
}

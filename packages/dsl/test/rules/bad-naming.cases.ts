import { lintGateways, readProject } from "@sluice/dsl";
import { wholeFile } from "../source";

/** What the rule says of gateways, each a snippet with its name. */
function said(gateways: readonly string[], naming?: string) {
  const project = naming === undefined ? undefined : readProject(`version: 1\nnaming: "${naming}"\n`, "sluice.yaml");
  expect(project?.findings ?? []).toEqual([]);
  const files = gateways.map((snippet, index) => ({
    file: `${index}.yaml`,
    text: wholeFile(`${snippet}\nendpoint: { adapter: http, url: "https://g-${index}.example" }`),
  }));
  return lintGateways(files, { project })
    .findings.filter(({ name }) => name === "bad-naming")
    .map(({ file, message }) => `${file} ${message}`);
}

const TIDES = "name: tides\nenvironments: { west: { rateLimit: 1/s } }";

test("two gateways whose stacks would bear one name are an error at the later one", () => {
  expect(said(["name: tides-west", TIDES])).toEqual([
    expect.stringMatching(
      /^1\.yaml Its stack in west would be called sluice-tides-west, as that of tides-west without/,
    ),
  ]);
});

test("a naming that keeps the two apart is good", () => {
  expect(said(["name: tides-west", TIDES], "{environment}-x-{gateway}")).toEqual([]);
});

test("a naming without a separator lets two meet that were apart", () => {
  const other = "name: tide\nenvironments: { swest: { rateLimit: 1/s } }";
  expect(said([TIDES, other])).toEqual([]);
  expect(said([TIDES, other], "x-{gateway}{environment}")).toEqual([
    expect.stringContaining("would be called x-tideswest, as that of tides in west"),
  ]);
});

test("each instance is a stack", () => {
  expect(said(["name: tides\ninstances: [{ name: west }]", "name: tides-west"])).toEqual([]); // duplicate-name speaks
  expect(said(["name: tides\ninstances: [{ name: far-west }]", "name: tides-far\nenvironments: { west: {} }"])).toEqual(
    [expect.stringContaining("would be called sluice-tides-far-west")],
  );
});

test("a chosen name is never cut: what AWS would not take is an error", () => {
  const naming = `${"a".repeat(30)}-{gateway}-{environment}`;
  const name = (chars: number) => `name: ${"g".repeat(chars)}`;
  // 30 and a hyphen, the name, and -worker: 64 at most
  expect(said([name(26)], naming)).toEqual([]);
  expect(said([name(27)], naming)).toEqual([
    expect.stringContaining("The name of the worker's function would be 1 character too long without an environment"),
  ]);
});

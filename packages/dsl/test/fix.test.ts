// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to secrets look like templates
import { fixGateway, lintGateways, readProject } from "@sluice/dsl";
import fc from "fast-check";
import { mutatedFile } from "./mutations";
import { runs } from "./runs";
import { wholeFile } from "./source";

const fix = (text: string) => fixGateway({ file: "gateways/test.yaml", text });

test.each([
  ["jitter: 50 ms # path", "jitter: 50ms # path"],
  ['jitter: "0.5 sec"', "jitter: 500ms"],
  ["timeouts: { connect: 2 seconds, response: 1.5min }", "timeouts: { connect: 2s, response: 90s }"],
  ["rateLimit: 600 per 5 minutes", "rateLimit: 600/5m"],
  ["rate_limit: 5/s", "rateLimit: 5/s", ["rateLimit"]],
  ["RateLimit: 5/s", "rateLimit: 5/s", ["rateLimit"]],
  ["operations: { read: { method: get, path: /x } }", "operations: { read: { method: GET, path: /x } }"],
  ["owner: 007", 'owner: "007"'],
  [
    "tiers: [{ name: A, timeout: 1m }, { name: B, timeout: 1m, share: 10 }]",
    "tiers: [{ name: A, timeout: 1m }, { name: B, timeout: 1m, share: 10% }]",
  ],
  [
    "endpoint: { adapter: http, url: https://x.org, auth: { type: bearer, token: ${secret:a#b} } }",
    'endpoint: { adapter: http, url: https://x.org, auth: { type: bearer, token: "${secret:a#b}" } }',
  ],
])("%s is mended to %s", (wrong, right, without: string[] = []) => {
  expect(fix(wholeFile(wrong, without)).text).toBe(wholeFile(right, without));
});

test.each([
  ["a capital that may be two units", "jitter: 5M"],
  ["a number that may be two durations", "jitter: 50"],
  ["a key that is merely like another", "tiemouts: {}"],
  ["a key that is there as well", "rate_limit: 5/s\nrateLimit: 5/s"],
  ["a value that an alias stands for", "timeouts: { connect: &wait 2 s, response: 10s }\njitter: *wait"],
])("%s is left to a person", (_, text) => {
  const [before, after] = [wholeFile(text), fix(wholeFile(text)).text];
  if (text.includes("*wait")) expect(after).toBe(before.replace("2 s", "2s"));
  else expect(after).toBe(before);
});

test.each([["owner: !!int 5"], ["tiers: [{ name: A, timeout: 1h }, { name: B, timeout: 2h, share: 1 }]"]])(
  "%s could mean more than one thing, and is left to a person",
  (text) => {
    expect(fix(wholeFile(text))).toEqual({ text: wholeFile(text), fixes: 0 });
  },
);

test("comments, blank lines, CRLF and a byte order mark stay where they are", () => {
  const text = `\uFEFF# top\r\n\r\n${wholeFile("jitter:   50 ms   # why\n\n# end").replaceAll("\n", "\r\n")}\r\n`;
  expect(fix(text)).toEqual({ text: text.replace("50 ms", "50ms"), fixes: 1 });
});

test("a fix in an environment's patch mends the patch", () => {
  const text = wholeFile("environments: { staging: { jitter: 50 ms } }");
  expect(fix(text).text).toBe(text.replace("50 ms", "50ms"));
});

describe("with sluice.yaml, what is mended is judged as lint judges", () => {
  const under = (shared: string, text: string) =>
    fixGateway({ file: "gateways/test.yaml", text }, { project: readProject(`version: 1\n${shared}`, "sluice.yaml") });

  test("a fix by which the defaults become wrong in more places is taken back", () => {
    const tiers = "defaults: { tiers: [{ name: A, timeout: 12s }, { name: B, timeout: 13s }] }";
    const text = wholeFile("rateLimit: 5 per minute");
    expect(fix(text).fixes).toBe(1);
    expect(under(tiers, text)).toEqual({ text, fixes: 0 });
  });

  test("a fix that is right with the defaults only is made", () => {
    const shared = "defaults: { tiers: [{ name: A, timeout: 1h }], timeouts: { response: 30s } }";
    const text = wholeFile("rateLimit: 1 per 10 minutes");
    expect(fix(text).fixes).toBe(0);
    expect(under(shared, text)).toEqual({ text: wholeFile("rateLimit: 1/10m"), fixes: 1 });
  });

  test("a fix of what stands in sluice.yaml is not made in the gateway's text", () => {
    const text = wholeFile("jitter: 50ms");
    expect(under("defaults: { timeouts: { response: 9 s } }", text)).toEqual({ text, fixes: 0 });
  });
});

test("no mutation of a real file is mended twice, made worse, or touched when it is clean", () => {
  fc.assert(
    fc.property(mutatedFile, (source) => {
      const { findings } = lintGateways([source]);
      const once = fixGateway(source);
      const again = fixGateway({ ...source, text: once.text });
      expect(again).toEqual({ text: once.text, fixes: 0 });
      if (findings.length === 0) expect(once.text).toBe(source.text);
      const left = lintGateways([{ ...source, text: once.text }]).findings;
      if (!findings.some(({ name }) => name === "yaml-syntax"))
        expect(left.filter(({ severity }) => severity === "error").length).toBeLessThanOrEqual(
          findings.filter(({ severity }) => severity === "error").length,
        );
      if (once.fixes === 0) expect(once.text).toBe(source.text);
    }),
    runs(150),
  );
});

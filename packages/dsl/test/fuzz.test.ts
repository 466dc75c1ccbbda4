import { type Finding, lintGateways, parseGateway, planGateway, renderFrame, type SourceFile } from "@sluice/dsl";
import fc from "fast-check";
import { gatewayFile } from "../src/schema/gateway-file";
import { readSamples } from "./samples";
import { wholeFile } from "./source";

/** Pieces that have a meaning in YAML or in the language, and some that have none. */
const PIECES = [
  ...[
    "\n",
    "\r\n",
    "\t",
    "  ",
    ": ",
    "- ",
    "{",
    "}",
    "[",
    "]",
    "'",
    '"',
    "#",
    "&a ",
    "*a",
    "<<: ",
    "|\n",
    ">-\n",
    "---\n",
    "...",
    "!x ",
    "%",
    "? ",
  ],
  ...[
    "null",
    "true",
    ".inf",
    "0x1F",
    "1e999",
    "5",
    "5/s",
    "10s",
    "-1",
    "{% $",
    " %}",
    "${secret:",
    "${ssm:",
    "__proto__: 1\n",
    "\uFEFF",
    "é",
    "😀",
    "\0",
  ],
];

type Edit = {
  readonly kind: "cut" | "put" | "copy";
  readonly at: number;
  readonly length: number;
  readonly piece: string;
};

const edit: fc.Arbitrary<Edit> = fc.record({
  kind: fc.constantFrom("cut", "put", "copy"),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.integer({ min: 1, max: 40 }),
  piece: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...PIECES) },
    { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 5 }) },
  ),
});

function apply(text: string, { kind, at, length, piece }: Edit): string {
  const start = Math.floor(at * text.length);
  if (kind === "cut") return text.slice(0, start) + text.slice(start + length);
  const put = kind === "put" ? piece : text.slice(start, start + length);
  return text.slice(0, start) + put + text.slice(start);
}

const RICH: SourceFile = {
  file: "gateways/test.yaml",
  text: wholeFile(
    "outcomes: { rejected: [404], throttled: { status: [403], when: '{% $body.x %}', pause: 30s } }\nretries: { unknown: { attempts: 2 } }\nconcurrency: 4\nenvironments: { staging: { rateLimit: 1/s, tiers: [{ name: A, timeout: 1m }] } }",
  ),
};

/** What the rules compare with each other. */
const COMPARED: SourceFile = {
  file: "gateways/test.yaml",
  text: wholeFile(
    "rateLimit: [600/m, 5000/h]\nconcurrency: 4\nquota: { calls: 5000/d, resets: 00:00 Europe/London, reserve: { HIGH: 500 } }\nhours: [Mon-Fri 06:00-22:00 UTC, Sat 22:00-02:00 UTC]\ntiers: [{ name: HIGH, timeout: 2m, burst: 60 }, { name: LOW, timeout: 24h }]\noperations: { read: { path: /r, latency: 2s, cost: 2, rateLimit: 1/s } }\nalarms: { age: { HIGH: 1m } }\nenvironments: { staging: { rateLimit: 1/s, hours: 00:00-24:00 Europe/Londn } }",
  ),
};

const mutated = fc
  .tuple(fc.constantFrom(...readSamples(), RICH, COMPARED), fc.array(edit, { minLength: 1, maxLength: 6 }))
  .map(([{ file, text }, edits]): SourceFile => ({ file, text: edits.reduce(apply, text) }));

function isInside({ range: [start, end] }: Finding, text: string): boolean {
  return Number.isInteger(start) && Number.isInteger(end) && 0 <= start && start <= end && end <= text.length;
}

test("no mutation of a real file makes the linter throw, and every range lies inside the file", () => {
  fc.assert(
    fc.property(mutated, (source) => {
      const { findings, specs } = lintGateways([source], { environment: "staging" });
      const frames = findings.map((finding) => renderFrame(finding, source.text));
      expect(findings.filter((finding) => !isInside(finding, source.text))).toEqual([]);
      expect(frames.filter((frame) => /undefined|\[object/.test(frame))).toEqual([]);
      for (const { spec } of specs) planGateway(spec);
    }),
    { numRuns: 300 },
  );
});

test("a file that its schema refuses is never without an error, and one without an error is planned", () => {
  fc.assert(
    fc.property(mutated, (source) => {
      const { value } = parseGateway(source.text, source.file);
      const { findings, specs } = lintGateways([source]);
      const hasError = findings.some(({ severity }) => severity === "error");
      if (value === undefined || !gatewayFile.safeParse(value).success) expect(hasError).toBe(true);
      expect(specs.length).toBe(hasError ? 0 : 1);
      for (const { spec } of specs) expect(planGateway(spec).limit.intervalUs).toBeGreaterThan(0);
    }),
    { numRuns: 150 },
  );
});

test("the same text gives the same findings", () => {
  fc.assert(
    fc.property(mutated, (source) => {
      expect(lintGateways([source]).findings).toEqual(lintGateways([source]).findings);
    }),
    { numRuns: 30 },
  );
});

import type { SourceFile } from "@sluice/dsl";
import fc from "fast-check";
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

/**
 * Any character but half of a surrogate pair, as `fc.string({ unit: "binary" })` draws them. That one first makes a map of
 * them all, more than a million, which takes as long as a hundred files.
 */
const character = fc
  .nat({ max: 0x10ffff - 0x800 })
  .map((index) => String.fromCodePoint(index < 0xd800 ? index : index + 0x800));

const edit: fc.Arbitrary<Edit> = fc.record({
  kind: fc.constantFrom("cut", "put", "copy"),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.integer({ min: 1, max: 40 }),
  piece: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...PIECES) },
    { weight: 1, arbitrary: fc.string({ unit: character, maxLength: 5 }) },
  ),
});

function apply(text: string, { kind, at, length, piece }: Edit): string {
  const start = Math.floor(at * text.length);
  if (kind === "cut") return text.slice(0, start) + text.slice(start + length);
  const put = kind === "put" ? piece : text.slice(start, start + length);
  return text.slice(0, start) + put + text.slice(start);
}

/** Much of what the worker does. */
export const RICH: SourceFile = {
  file: "gateways/test.yaml",
  text: wholeFile(
    "outcomes: { rejected: [404], throttled: { status: [403], when: '{% $body.x %}', pause: 30s } }\nretries: { unknown: { attempts: 2 } }\nconcurrency: 4\nenvironments: { staging: { rateLimit: 1/s, tiers: [{ name: A, timeout: 1m }] } }",
  ),
};

/** What this version's worker does not do yet is looked at by the rules all the same. */
export const WHOLE_LANGUAGE: SourceFile = {
  file: "gateways/whole.yaml",
  text: wholeFile(`name: whole
rateLimit: [30/s, 5000/h]
quota: { calls: 5000/d, resets: "00:00 Europe/London" }
endpoint:
  adapter: http
  url: http://api.example.org
  headers: { Idempotency-Key: x, Authorization: x }
  auth: { type: oauth2, tokenUrl: http://login.example.org, clientId: "\${secret:a}", clientSecret: "\${secret:b}" }
operations:
  file:
    method: POST
    path: /x{?key}
    body: "{% { 'a': $request.nubmer, 'b': $request.items.price } %}"
    statement: select 1
    latency: 20s
    request: { additionalProperties: false, properties: { number: {}, items: { items: { properties: { prise: {} } } } } }
    onUnknown: { probe: look }
    idempotency: { header: Idempotency-Key }
  look: { path: /y, body: "{% 1 %}", cost: 2, onUnknown: retry }
outcomes: { rejected: [403, 200], throttled: { status: [403], pause: 2h } }
fairness: { by: "{% $request.customer %}" }
worker: { dispatch: deferral, slots: 4, provisioned: 5 }
instances: [{ name: a }, { name: b }]
environments: { production-frankfurt: { endpoint: { url: http://b.org }, worker: { dispatch: doorbell } } }`),
};

/** What the rules compare with each other. */
const COMPARED: SourceFile = {
  file: "gateways/test.yaml",
  text: wholeFile(
    "rateLimit: [600/m, 5000/h]\nconcurrency: 4\nquota: { calls: 5000/d, resets: 00:00 Europe/London, reserve: { HIGH: 500 } }\nhours: [Mon-Fri 06:00-22:00 UTC, Sat 22:00-02:00 UTC]\ntiers: [{ name: HIGH, timeout: 2m, burst: 60 }, { name: LOW, timeout: 24h }]\noperations: { read: { path: /r, latency: 2s, cost: 2, rateLimit: 1/s } }\nalarms: { age: { HIGH: 1m } }\nenvironments: { staging: { rateLimit: 1/s, hours: 00:00-24:00 Europe/Londn } }",
  ),
};

/** A real gateway file after a few careless edits. */
export const mutatedFile = fc
  .tuple(
    fc.constantFrom(...readSamples(), RICH, WHOLE_LANGUAGE, COMPARED),
    fc.array(edit, { minLength: 1, maxLength: 6 }),
  )
  .map(([{ file, text }, edits]): SourceFile => ({ file, text: edits.reduce(apply, text) }));

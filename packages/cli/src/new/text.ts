import { parseUriTemplate } from "@sluice/dsl";
import { stringify } from "yaml";
import type { Answers, Timeouts } from "./answers";

/** A gateway file in which each key says why it is there. */
export function gatewayText(answers: Answers, timeouts: Timeouts, schemaLine?: string): string {
  return [
    ...(schemaLine === undefined ? [] : [`#${schemaLine}`, "#"]),
    ...head(answers),
    "",
    ...limit(answers),
    "",
    ...tiers(timeouts.tiers),
    "",
    "# How long the target may take: to a connection, TLS included; from a request's first byte to its answer's last.",
    `timeouts: { connect: 2s, response: ${timeouts.response} }`,
    "",
    ...endpoint(answers),
    "",
    ...operations(answers),
    "",
  ].join("\n");
}

const head = ({ name }: Answers): string[] => [
  "# Write here the page from which the limit below was read, and the date: limits change.",
  "",
  "# The version of this language.",
  "version: 1",
  "# The gateway's name and its stack's; the file is named after it.",
  `name: ${scalar(name)}`,
  "# Both are shown on dashboards and alarms.",
  "# description: What the target is",
  '# owner: "@acme/team"',
];

const limit = ({ rate }: Answers): string[] => [
  "# The target's limit: no window of this length, wherever it begins, holds more calls. Units: ms, s, m, h, d.",
  `rateLimit: ${scalar(rate)}`,
  "# Most calls open at once, where the target limits that as well.",
  "# concurrency: 4",
];

const tiers = ([high, normal, batch]: Timeouts["tiers"]): string[] => [
  "# Priority levels, highest first. timeout: from asking to the end of the call, retries and all.",
  "# share: what a lower tier gets of the calls whatever waits above it, so that it never starves.",
  "tiers:",
  `  - { name: HIGH, timeout: ${high} }`,
  `  - { name: NORMAL, timeout: ${normal} } # share: 5%`,
  `  - { name: BATCH, timeout: ${batch} } # share: 5%`,
  "# The tier of a request that names none.",
  "defaultTier: NORMAL",
];

function endpoint({ name, url, auth }: Answers): string[] {
  return [
    "endpoint:",
    "  # How the target is spoken to.",
    "  adapter: http",
    "  # The operations' paths are put behind it.",
    `  url: ${scalar(url)}`,
    ...(auth === "none"
      ? ["  # Nothing is sent that says who calls. There are basic, bearer and apiKey:", `  # auth: ${bearer(name)}`]
      : [
          "  # Secrets stand here only as references into Secrets Manager; on your machine they come from",
          "  # sluice.secrets.yaml, which git ignores.",
        ]),
    ...authLines(name, auth),
  ];
}

const reference = (name: string, field: string): string => `"$\{secret:${name}#${field}}"`;

const bearer = (name: string): string => `{ type: bearer, token: ${reference(name, "token")} }`;

function authLines(name: string, auth: Answers["auth"]): string[] {
  switch (auth) {
    case "none":
      return [];
    case "basic":
      return [
        `  auth: { type: basic, username: ${reference(name, "username")}, password: ${reference(name, "password")} }`,
      ];
    case "bearer":
      return [`  auth: ${bearer(name)}`];
    case "apiKey":
      return [
        "  # in: header or query. name: as the target's documentation has it.",
        `  auth: { type: apiKey, in: header, name: X-API-Key, value: ${reference(name, "key")} }`,
      ];
  }
}

function operations({ operation, method, path }: Answers): string[] {
  const sendsBody = ["POST", "PUT", "PATCH"].includes(method);
  return [
    "# What the target can do, each by the name that callers give. All of them share the limit.",
    "operations:",
    `  ${scalar(operation)}:`,
    `    method: ${scalar(method)}`,
    "    # A template (RFC 6570): {name} is a part of the path, {?name} of the query, filled from the request.",
    `    path: ${scalar(path)}`,
    ...(sendsBody ? ["    # Sent as JSON.", '    body: "{% $request.body %}"'] : []),
    ...requestLines(path, sendsBody),
    "    # What callers get; left out, it is status, headers and body.",
    `    # answer: "{% $body %}"`,
  ];
}

/** The request's schema names what the path and the body are filled from. */
function requestLines(path: string, sendsBody: boolean): string[] {
  const names = [...new Set(parseUriTemplate(path).variables.map((variable) => variable.name))];
  const inPath = names.filter((name) => new RegExp(`\\{[^?&{}]*\\b${literal(name)}\\b`).test(path));
  const required = [...inPath, ...(sendsBody ? ["body"] : [])];
  return [
    "    # JSON Schema of what callers send. A request that does not fit it spends no call.",
    "    request:",
    "      type: object",
    ...(required.length > 0 ? [`      required: [${required.map(scalar).join(", ")}]`] : []),
    "      additionalProperties: false",
    ...(names.length + required.length === 0 ? ["      properties: {}"] : ["      properties:"]),
    ...names.map((name) => `        ${scalar(name)}: { type: string }`),
    ...(sendsBody ? ["        body: { type: object }"] : []),
  ];
}

/** A name as a regular expression that means just it. */
const literal = (text: string): string => text.replace(/[.*+?^$(){}|[\]\\]/g, "\\$&");

/** A value on one line, in quotes where YAML wants them. */
const scalar = (value: string): string => stringify(value, { lineWidth: 0, blockQuote: false }).trimEnd();

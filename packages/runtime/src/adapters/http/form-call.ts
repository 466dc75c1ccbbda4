import { randomBytes } from "node:crypto";
import { validateHeaderName } from "node:http";
import type { GatewayPlan, HttpEndpointPlan, Json, OperationPlan } from "@sluice/dsl";
import type { Evaluate } from "../../core/classify";
import { type CallContext, NotSent } from "../../core/ports";
import type { Secrets } from "../../secrets";
import { expandPath } from "./path";

/** A call as it will be written. */
export interface CallForm {
  readonly method: OperationPlan["method"];
  /** Path and query, encoded. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
}

export interface FormOptions {
  readonly plan: Pick<GatewayPlan, "name" | "endpoint">;
  readonly secrets: Pick<Secrets, "fill">;
  readonly evaluate: Evaluate;
}

/**
 * Everything that a call sends.
 *
 * Rejects with {@link NotSent}: `invalidRequest` when the request cannot be sent, `unavailable` when a secret is missing.
 */
export async function formCall(
  { plan, secrets, evaluate }: FormOptions,
  operation: OperationPlan,
  request: Json,
  context: CallContext,
): Promise<CallForm> {
  const path = expandPath(new URL(plan.endpoint.url).pathname, operation, request);
  const [auth, own, body] = await Promise.all([
    fillAuth(plan.endpoint, secrets),
    fillHeaders({ ...plan.endpoint.headers, ...operation.headers }, secrets),
    formBody(operation, request, context, evaluate),
  ]);
  const headers = mergeHeaders([
    {
      host: new URL(plan.endpoint.url).host,
      accept: "*/*",
      "accept-encoding": "identity",
      "user-agent": `sluice/1 (${plan.name})`,
    },
    body?.contentType === undefined ? {} : { "content-type": body.contentType },
    own,
    auth.headers,
    contextHeaders(operation, context),
    lengthHeader(operation.method, body?.bytes),
  ]);
  checkHeaders(headers);
  return { method: operation.method, path: withQuery(path, auth.query), headers, body: body?.bytes };
}

async function formBody(
  operation: OperationPlan,
  request: Json,
  context: CallContext,
  evaluate: Evaluate,
): Promise<{ bytes: Buffer; contentType: string | undefined } | undefined> {
  if (operation.body === undefined) return undefined;
  const value = await evaluateBody(operation.body, operation, request, context, evaluate);
  if (typeof value === "string") return { bytes: Buffer.from(value), contentType: undefined };
  return { bytes: Buffer.from(JSON.stringify(value)), contentType: "application/json" };
}

async function evaluateBody(
  expression: string,
  { name }: OperationPlan,
  request: Json,
  context: CallContext,
  evaluate: Evaluate,
): Promise<Json> {
  const variables = { request, context: { ...context, operation: name } };
  const value = await evaluate(expression, variables).catch((error: unknown) => {
    const text = error instanceof Error ? error.message : String(error);
    throw new NotSent("invalidRequest", `operations.${name}.body could not be formed from the request: ${text}.`);
  });
  if (value !== undefined) return value;
  throw new NotSent("invalidRequest", `operations.${name}.body gives nothing for this request.`);
}

interface Auth {
  readonly headers: Readonly<Record<string, string>>;
  readonly query: string | undefined;
}

async function fillAuth({ auth }: HttpEndpointPlan, { fill }: Pick<Secrets, "fill">): Promise<Auth> {
  switch (auth?.type) {
    case undefined:
      return { headers: {}, query: undefined };
    case "basic": {
      const [username, password] = await Promise.all([fill(auth.username), fill(auth.password ?? "")]);
      const credentials = Buffer.from(`${username}:${password}`).toString("base64");
      return { headers: { authorization: `Basic ${credentials}` }, query: undefined };
    }
    case "bearer":
      return { headers: { authorization: `Bearer ${await fill(auth.token)}` }, query: undefined };
    case "apiKey": {
      const value = await fill(auth.value);
      if (auth.in === "header") return { headers: { [auth.name]: value }, query: undefined };
      return { headers: {}, query: `${encodeURIComponent(auth.name)}=${encodeURIComponent(value)}` };
    }
  }
}

/** How a call is framed, and what becomes of its connection, is not the file's to say. */
const FRAMING: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "content-length",
  "transfer-encoding",
  "te",
  "trailer",
  "upgrade",
  "expect",
]);

/** The headers of the file, their secrets filled in. */
async function fillHeaders(
  templates: Readonly<Record<string, string>>,
  { fill }: Pick<Secrets, "fill">,
): Promise<Record<string, string>> {
  const filled = Object.entries(templates).map(async ([name, template]) => [name, await fill(template)] as const);
  const entries = await Promise.all(filled);
  return Object.fromEntries(entries.filter(([name]) => !FRAMING.has(name.toLowerCase())));
}

function contextHeaders({ idempotencyHeader }: OperationPlan, context: CallContext): Record<string, string> {
  return {
    traceparent: `00-${randomBytes(16).toString("hex")}-${randomBytes(8).toString("hex")}-01`,
    // An execution's name may hold letters that no header can carry.
    "x-sluice-execution": context.execution.replace(/[^\x21-\x7e]+/gu, encodeURIComponent),
    "x-sluice-attempt": String(context.attempt),
    ...(idempotencyHeader === undefined ? {} : { [idempotencyHeader]: context.idempotencyKey }),
  };
}

/** Later ones replace earlier ones of the same name, whatever the case of its letters. */
function mergeHeaders(layers: readonly Readonly<Record<string, string>>[]): Record<string, string> {
  const merged = new Map<string, readonly [string, string]>();
  for (const [name, value] of layers.flatMap((layer) => Object.entries(layer))) {
    const key = name.toLowerCase();
    merged.set(key, [name, value]);
  }
  return Object.fromEntries(merged.values());
}

/** A server may wait for the body of a POST that does not say that it has none. */
function lengthHeader(method: OperationPlan["method"], body: Buffer | undefined): Record<string, string> {
  if (body === undefined && !["POST", "PUT", "PATCH"].includes(method)) return {};
  return { "content-length": String(body?.length ?? 0) };
}

function checkHeaders(headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    validateHeaderName(name);
    const at = value.search(/[^\t\x20-\x7e\x80-\xff]/);
    if (at < 0) continue;
    const what = /[\r\n]/.test(value.charAt(at)) ? "a line break" : "a character that no header can carry";
    // Its value is not shown: where the file is right, what is wrong is a secret.
    throw new NotSent(
      "unavailable",
      `the header ${name} has ${what} at its character ${at + 1}. Mend its secret or its value.`,
    );
  }
}

const withQuery = (path: string, query: string | undefined): string =>
  query === undefined ? path : `${path}${path.includes("?") ? "&" : "?"}${query}`;

import { showDuration } from "../duration";
import { isMap } from "../merge-patch";
import type { GatewayPlan, OperationPlan } from "../plan-types";
import type { OperationFact } from "./explanation";

/** What each operation takes, sends and gives. */
export const operationFacts = ({ operations, endpoint }: GatewayPlan): OperationFact[] =>
  operations.map((operation) => ({
    name: operation.name,
    call: `${operation.method} ${endpoint.url}${operation.path}`,
    repeatable: operation.repeatable,
    why: repeatWords(operation),
    ...(operation.expectedLatencyUs !== undefined && {
      latencyUs: operation.expectedLatencyUs,
      latency: showDuration(operation.expectedLatencyUs),
    }),
    request: requestWords(operation),
    sends: sendsWords(operation),
    answer: operation.answer === undefined ? "status, headers and body" : shown(operation.answer),
  }));

function repeatWords({ method, repeatable, idempotencyHeader }: OperationPlan): string {
  if (idempotencyHeader) return `the target drops repeats with the same ${idempotencyHeader}`;
  return `${method} ${repeatable ? "does no harm a second time" : "may act a second time, so it is never repeated blindly"}`;
}

function requestWords({ request }: OperationPlan): string {
  if (request === undefined) return "any JSON";
  const required = isMap(request) && Array.isArray(request.required) ? request.required.map(String) : [];
  const properties = isMap(request) && isMap(request.properties) ? Object.keys(request.properties) : [];
  const optional = properties.filter((name) => !required.includes(name));
  const parts = [
    ...(required.length > 0 ? [`needs ${required.join(", ")}`] : []),
    ...(optional.length > 0 ? [`may give ${optional.join(", ")}`] : []),
  ];
  return `${parts.length === 0 ? "what its schema takes" : parts.join("; ")}; what does not fit ends with Gateway.InvalidRequest`;
}

function sendsWords({ headers, body, idempotencyHeader }: OperationPlan): string {
  const names = [...Object.keys(headers), ...(idempotencyHeader === undefined ? [] : [idempotencyHeader])];
  const parts = [
    ...(names.length > 0 ? [`${names.length === 1 ? "header" : "headers"} ${names.join(", ")}`] : []),
    ...(body === undefined ? [] : [`body ${shown(body)}`]),
  ];
  return parts.length === 0 ? "no body" : parts.join("; ");
}

/** More of an expression is in the file. */
const MAX_SHOWN = 60;

/** An expression with its braces, on one line. */
function shown(expression: string): string {
  const line = expression.replace(/\s+/g, " ").trim();
  return `{% ${line.length > MAX_SHOWN ? `${line.slice(0, MAX_SHOWN - 1)}…` : line} %}`;
}

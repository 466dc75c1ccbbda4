import type { GatewayPlan, OperationPlan } from "../plan-types";
import { requestParts } from "./request-parts";
import { changedNames, isSame } from "./same";
import type { Change } from "./types";

/** What changes in the operations: for callers who ask for them, and for requests that wait. */
export function operationChanges(before: GatewayPlan, after: GatewayPlan): Change[] {
  const find = (plan: GatewayPlan, name: string) => plan.operations.find((operation) => operation.name === name);
  const removed = before.operations.filter(({ name }) => !find(after, name));
  const added = after.operations.filter(({ name }) => !find(before, name));
  return [
    ...removed.map(({ name }): Change => ({ kind: "operation-removed", care: "takes care", operation: name })),
    ...mustBeNamed(before, after),
    ...added.map((operation) => addedOperation(before, operation)),
    ...before.operations.flatMap((was) => {
      const is = find(after, was.name);
      return is === undefined ? [] : keptOperation(was, is);
    }),
  ];
}

/** Callers leave the name out where there is one operation only. */
function mustBeNamed(before: GatewayPlan, after: GatewayPlan): Change[] {
  const [only, ...others] = before.operations;
  if (only === undefined || others.length > 0 || after.operations.length === 1) return [];
  return [{ kind: "operation-must-be-named", care: "takes care", operation: only.name }];
}

const addedOperation = (before: GatewayPlan, { name, method, path, repeatable }: OperationPlan): Change => ({
  kind: "operation-added",
  care: "safe",
  operation: name,
  method,
  path,
  repeatable,
  lastOldTurnUs: before.worker.functionTimeoutUs,
});

function keptOperation(before: OperationPlan, after: OperationPlan): Change[] {
  const operation = before.name;
  const headers = changedNames(before.headers, after.headers);
  return [
    ...callChange(before, after),
    ...(headers ? [{ kind: "operation-headers", care: "takes care", operation, ...headers } as const] : []),
    ...expressionChange("operation-body", operation, before.body, after.body),
    ...expressionChange("operation-answer", operation, before.answer, after.answer),
    ...requestChange(before, after),
    ...repeatChanges(before, after),
    ...latencyChange(before, after),
  ];
}

function callChange(before: OperationPlan, after: OperationPlan): Change[] {
  if (before.method === after.method && before.path === after.path) return [];
  return [
    {
      kind: "operation-call",
      care: "takes care",
      operation: before.name,
      before: { method: before.method, path: before.path },
      after: { method: after.method, path: after.path },
    },
  ];
}

function expressionChange(
  kind: "operation-body" | "operation-answer",
  operation: string,
  before: string | undefined,
  after: string | undefined,
): Change[] {
  if (before === after) return [];
  return [{ kind, care: "takes care", operation, before: before ?? null, after: after ?? null }];
}

function requestChange(before: OperationPlan, after: OperationPlan): Change[] {
  if (isSame(before.request, after.request)) return [];
  const parts = requestParts(before.request, after.request);
  const care = parts.every(({ effect }) => effect === "wider") ? "safe" : "takes care";
  return [{ kind: "operation-request", care, operation: before.name, parts }];
}

function repeatChanges(before: OperationPlan, after: OperationPlan): Change[] {
  const operation = before.name;
  const changes: Change[] = [];
  if (before.repeatable !== after.repeatable)
    changes.push({
      kind: "operation-repeatable",
      care: "takes care",
      operation,
      before: before.repeatable,
      after: after.repeatable,
    });
  const [was, is] = [before.idempotencyHeader ?? null, after.idempotencyHeader ?? null];
  if (was !== is) {
    // A retry would carry its key where the target does not look for it, while the first attempt may have been done.
    const care = was !== null && after.repeatable ? "paused" : "safe";
    changes.push({ kind: "operation-idempotency", care, operation, before: was, after: is });
  }
  return changes;
}

const latencyChange = ({ name, expectedLatencyUs: before }: OperationPlan, after: OperationPlan): Change[] =>
  before === after.expectedLatencyUs
    ? []
    : [
        {
          kind: "operation-latency",
          care: "safe",
          operation: name,
          before: before ?? null,
          after: after.expectedLatencyUs ?? null,
        },
      ];

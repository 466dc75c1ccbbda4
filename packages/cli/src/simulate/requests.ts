import { type Finding, type GatewayPlan, type Json, loadFinding, type OperationPlan, streamsOf } from "@sluice/dsl";
import { createRequestValidator } from "@sluice/runtime";
import { sampleRequest } from "../sample-request";
import type { LoadSource } from "./load-source";

/** What is sent for each operation, or what is wrong with the load for that. */
export interface LoadRequests {
  readonly requests: ReadonlyMap<string, Json>;
  readonly findings: readonly Finding[];
}

/**
 * A request for each operation that the load asks for without one, made up from its schema; and whether those that the
 * load gives fit: one that does not would be refused before any call.
 */
export async function loadRequests(source: LoadSource, { operations }: GatewayPlan): Promise<LoadRequests> {
  const requests = new Map<string, Json>();
  const findings: Finding[] = [];
  for (const [index, { operation: name, request, recorded }] of streamsOf(source.load).entries()) {
    const asked = operations.filter((one) => name === undefined || recorded !== undefined || one.name === name);
    for (const operation of asked) {
      if (request !== undefined) findings.push(...misfit(source, index, operation, request));
      else if (!requests.has(operation.name)) {
        const made = await sampleRequest(operation);
        if (made === undefined) findings.push(noRequest(source, index, operation));
        else requests.set(operation.name, made);
      }
    }
  }
  return { requests, findings: findings.slice(0, MOST_FINDINGS) };
}

const MOST_FINDINGS = 20;

function misfit({ document }: LoadSource, index: number, operation: OperationPlan, request: Json): Finding[] {
  const reason = createRequestValidator({ operations: [operation] })(operation, request);
  if (reason === undefined) return [];
  return [
    loadFinding(document, ["arrivals", index, "request"], "key", {
      rule: "LD015",
      name: "request-that-does-not-fit",
      what: `the request does not fit ${operation.name}`,
      why: `Each would be refused before any call: ${reason.replace(/\.$/, "")}.`,
      hint: "Mend it, or leave request out: one that fits is made up then.",
    }),
  ];
}

const noRequest = ({ document }: LoadSource, index: number, { name }: OperationPlan): Finding =>
  loadFinding(document, ["arrivals", index], "key", {
    rule: "LD016",
    name: "no-request",
    what: `no request for ${name} could be made up`,
    why: "Its request schema is too particular for that.",
    hint: `Add a request that fits: { operation: ${name}, request: { … } }.`,
  });

import type { GatewayPlan } from "@sluice/dsl";
import type { Evaluate } from "../../core/classify";
import type { Clock, Endpoint } from "../../core/ports";
import type { Secrets } from "../../secrets";
import type { Target } from "./connect";
import { createConnections } from "./connections";
import { type CallForm, formCall } from "./form-call";
import { createIdleness } from "./idleness";
import { readyConnection } from "./ready-connection";

export interface HttpEndpointOptions {
  readonly plan: Pick<GatewayPlan, "name" | "endpoint" | "timeouts">;
  readonly secrets: Pick<Secrets, "fill" | "doubt">;
  readonly evaluate: Evaluate;
  readonly clock: Pick<Clock, "now">;
  /** Certificates to trust instead of Node's own, PEM. */
  readonly ca?: string;
}

/**
 * A target that speaks HTTP/1.1: one call a connection at a time, no redirect followed, nothing repeated, no proxy.
 *
 * What takes time and the target does not count comes first: forming the call with its secrets, and looking the name up,
 * connecting and shaking hands. A start is one write.
 */
export function httpEndpoint({ plan, secrets, evaluate, clock, ca }: HttpEndpointOptions): Endpoint<CallForm> {
  const target = targetOf(plan.endpoint.url);
  const idleness = createIdleness();
  const connections = createConnections({ target, connectUs: plan.timeouts.connectUs, ca, clock, idleness });
  const options = {
    connections,
    idleness,
    responseUs: plan.timeouts.responseUs,
    host: target.host,
    onAnswer: (end: { kind: string; status?: number }) => {
      // A key may have been changed at the target since it was read.
      if (end.status === 401) secrets.doubt();
    },
  };
  return {
    form: (operation, request, context) => formCall({ plan, secrets, evaluate }, operation, request, context),
    connect: async (startAt) => readyConnection(await connections.take(startAt), options),
    async close() {
      connections.closeAll();
      idleness.relax();
    },
  };
}

function targetOf(text: string): Target {
  const url = new URL(text);
  const isTls = url.protocol === "https:";
  const port = url.port === "" ? (isTls ? 443 : 80) : Number(url.port);
  return { isTls, host: url.hostname.replace(/^\[|\]$/g, ""), port };
}

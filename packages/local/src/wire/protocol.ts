import type { Json } from "@sluice/dsl";
import type { ServiceError } from "../cloud-types";

/** A request as it came over the wire, body read. */
export interface WireRequest {
  readonly method: string;
  /** Path and query, percent-encoded. */
  readonly url: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

/** What a client asked for, in the words of AWS's API. */
export interface Asked {
  readonly operation: string;
  readonly input: Json;
}

export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** How one service is spoken with: a translation in both directions, nothing more. */
export interface Protocol {
  /** As {@link Cloud.call} names it. */
  readonly service: string;
  /** @throws ServiceError when the request is none of this service's */
  decode(request: WireRequest): Asked;
  encode(asked: Asked, output: Json, requestId: string): WireAnswer;
  encodeError(error: ServiceError, requestId: string): WireAnswer;
}

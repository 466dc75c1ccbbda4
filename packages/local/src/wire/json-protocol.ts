import type { Json } from "@sluice/dsl";
import { ServiceError } from "../cloud-types";
import { isObject } from "../input";
import type { Protocol, WireRequest } from "./protocol";

/** A service that is spoken with in one of AWS's JSON protocols: the operation in a header, JSON both ways. */
interface Dialect {
  readonly service: string;
  readonly version: "1.0" | "1.1";
  /** What stands before the name of its own errors. */
  readonly namespace: string;
  /** The field of an error's text. */
  readonly messageField: "message" | "Message";
  /** Errors carry the code of the older query protocol in a header, which clients prefer. */
  readonly isQueryCompatible?: boolean;
}

/** By the part of `X-Amz-Target` before the dot. */
const DIALECTS: Readonly<Record<string, Dialect>> = {
  AmazonSQS: {
    service: "sqs",
    version: "1.0",
    namespace: "com.amazonaws.sqs",
    messageField: "message",
    isQueryCompatible: true,
  },
  AWSStepFunctions: {
    service: "sfn",
    version: "1.0",
    namespace: "com.amazonaws.swf.service.v2.model",
    messageField: "message",
  },
  DynamoDB_20120810: {
    service: "dynamodb",
    version: "1.0",
    namespace: "com.amazonaws.dynamodb.v20120810",
    messageField: "message",
  },
  secretsmanager: { service: "secretsmanager", version: "1.1", namespace: "", messageField: "Message" },
};

/** Errors of AWS's common front, which have its name and not the service's. */
const COMMON_ERRORS = new Set([
  "AccessDeniedException",
  "IncompleteSignatureException",
  "InternalFailure",
  "InvalidSignatureException",
  "MissingAuthenticationTokenException",
  "SerializationException",
  "UnknownOperationException",
  "UnrecognizedClientException",
]);

/** The protocol of a request with an `X-Amz-Target`; undefined when the target's service is none that is spoken here. */
export function jsonProtocol(target: string): Protocol | undefined {
  const prefix = target.slice(0, target.lastIndexOf("."));
  const dialect = Object.hasOwn(DIALECTS, prefix) ? DIALECTS[prefix] : undefined;
  if (dialect === undefined) return undefined;
  const headers = { "content-type": `application/x-amz-json-${dialect.version}` };
  return {
    service: dialect.service,
    decode: (request) => ({ operation: target.slice(prefix.length + 1), input: parseInput(request) }),
    encode: (_asked, output) => ({ status: 200, headers, body: JSON.stringify(output) }),
    encodeError: (error) => ({
      status: error.status,
      headers: { ...headers, ...(dialect.isQueryCompatible && queryError(error)) },
      body: JSON.stringify({ __type: typeOf(error, dialect), [dialect.messageField]: error.message }),
    }),
  };
}

/** The services, for an error that lists them. */
export const JSON_SERVICES = Object.values(DIALECTS).map(({ service }) => service);

function parseInput({ body }: WireRequest): Json {
  const text = body.toString("utf8");
  let input: Json = {};
  try {
    if (text !== "") input = JSON.parse(text);
  } catch {
    throw new ServiceError("SerializationException", "The request's body is no JSON");
  }
  if (!isObject(input)) throw new ServiceError("SerializationException", "The request's body is to be a JSON object");
  return input;
}

function typeOf(error: ServiceError, dialect: Dialect): string {
  if (COMMON_ERRORS.has(error.name)) return `com.amazon.coral.service#${error.name}`;
  return dialect.namespace === "" ? error.name : `${dialect.namespace}#${error.name}`;
}

const queryError = ({ queryCode, name, status }: ServiceError) => ({
  "x-amzn-query-error": `${queryCode ?? name};${status < 500 ? "Sender" : "Receiver"}`,
});

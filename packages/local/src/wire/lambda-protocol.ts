import type { Json } from "@sluice/dsl";
import { ServiceError } from "../cloud-types";
import { isObject } from "../input";
import { TooManyRequests } from "../models/lambda/admission";
import type { Protocol, WireRequest } from "./protocol";

const INVOCATIONS = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;

/** Lambda's REST interface. The payload is JSON as text, in the input as in the output. */
export const LAMBDA_PROTOCOL: Protocol = {
  service: "lambda",
  decode: (request) => {
    const { pathname, searchParams } = new URL(request.url, "http://localhost");
    const name = INVOCATIONS.exec(pathname)?.[1];
    if (name === undefined || request.method !== "POST") {
      const what = `${request.method} ${pathname} is not modelled locally. Of Lambda's API, Invoke is.`;
      throw new ServiceError("UnknownOperationException", what, 404);
    }
    return { operation: "Invoke", input: invokeInput(request, name, searchParams.get("Qualifier")) };
  },
  encode: (_asked, output) => {
    const fields = isObject(output) ? output : {};
    return {
      status: typeof fields.StatusCode === "number" ? fields.StatusCode : 200,
      headers: {
        "content-type": "application/json",
        ...header("x-amz-executed-version", fields.ExecutedVersion),
        ...header("x-amz-function-error", fields.FunctionError),
        ...header("x-amz-log-result", fields.LogResult),
      },
      body: typeof fields.Payload === "string" ? fields.Payload : "",
    };
  },
  encodeError: (error) => ({
    status: error.status,
    headers: { "content-type": "application/json", "x-amzn-errortype": error.name },
    body: JSON.stringify({
      Type: error.status < 500 ? "User" : "Service",
      ...(error instanceof TooManyRequests && { Reason: error.reason }),
      // Lambda's own model spells the field in both ways, by error.
      Message: error.message,
      message: error.message,
    }),
  }),
};

function invokeInput({ headers, body }: WireRequest, name: string, qualifier: string | null): Json {
  const invocationType = headers["x-amz-invocation-type"];
  const logType = headers["x-amz-log-type"];
  return {
    FunctionName: decode(name),
    ...(invocationType !== undefined && { InvocationType: invocationType }),
    ...(logType !== undefined && { LogType: logType }),
    ...(qualifier !== null && { Qualifier: qualifier }),
    ...(body.length > 0 && { Payload: body.toString("utf8") }),
  };
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new ServiceError("InvalidParameterValueException", `${segment} is no percent-encoded function name`);
  }
}

const header = (name: string, value: Json | undefined): Record<string, string> =>
  typeof value === "string" ? { [name]: value } : {};

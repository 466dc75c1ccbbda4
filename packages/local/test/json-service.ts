import type { Json } from "@sluice/dsl";
import { type Fields, fieldsOf } from "./local-world";

/** A refusal that came over the wire. */
export class Refused extends Error {
  constructor(
    override readonly name: string,
    message: string,
  ) {
    super(message);
  }
}

/** One call in AWS's JSON protocol 1.0 to a server on this machine that checks no signature. */
export async function callJson(origin: string, target: string, input: Json): Promise<Fields> {
  const response = await fetch(origin, {
    method: "POST",
    headers: {
      "Content-Type": "application/x-amz-json-1.0",
      "X-Amz-Target": target,
      "X-Amz-Date": "20260101T000000Z",
      Authorization:
        "AWS4-HMAC-SHA256 Credential=local/20260101/eu-west-1/service/aws4_request, SignedHeaders=host, Signature=00",
    },
    body: JSON.stringify(input),
  });
  const text = await response.text();
  const output = fieldsOf(text === "" ? {} : JSON.parse(text));
  if (response.ok) return output;
  const name = String(output.__type);
  throw new Refused(name.slice(name.lastIndexOf("#") + 1), String(output.message ?? output.Message));
}

import { createHash } from "node:crypto";
import { type Principal, ServiceError } from "../cloud-types";
import type { WireRequest } from "./protocol";

/** Who signed a request and for what, as its Authorization header says. Signatures are not checked. */
export interface Signer {
  readonly accessKeyId: string;
  readonly region: string;
}

const CREDENTIAL = /^AWS4-HMAC-SHA256 .*\bCredential=([^/,\s]+)\/\d{8}\/([^/,\s]+)\/[^/,\s]+\/aws4_request\b/;

/** @throws ServiceError as AWS refuses a request without a signature, or with one that it cannot read */
export function signerOf({ headers }: WireRequest): Signer {
  const { authorization } = headers;
  if (authorization === undefined)
    throw new ServiceError(
      "MissingAuthenticationTokenException",
      "Request is missing Authentication Token",
      403,
      "MissingAuthenticationToken",
    );
  const [, accessKeyId, region] = CREDENTIAL.exec(authorization) ?? [];
  if (accessKeyId === undefined || region === undefined)
    throw new ServiceError(
      "IncompleteSignatureException",
      "The Authorization header is no AWS Signature Version 4: it has to name a Credential.",
      400,
      "IncompleteSignature",
    );
  return { accessKeyId, region };
}

const ROLE_KEY = "ROLE";

/** The access keys of the emulated account: one for each role that a function runs as, and anything else is the user. */
export class AccessKeys {
  private readonly roles = new Map<string, string>();

  /** The key that stands for a role; the same at each question. */
  keyOf(roleArn: string): string {
    const key = `${ROLE_KEY}${createHash("sha256").update(roleArn).digest("hex").slice(0, 16).toUpperCase()}`;
    this.roles.set(key, roleArn);
    return key;
  }

  /** @throws ServiceError when it is a role's key of another run */
  principalOf(accessKeyId: string): Principal {
    const arn = this.roles.get(accessKeyId);
    if (arn !== undefined) return { kind: "role", arn };
    if (new RegExp(`^${ROLE_KEY}[0-9A-F]{16}$`).test(accessKeyId))
      throw new ServiceError(
        "UnrecognizedClientException",
        "The security token included in the request is invalid.",
        403,
        "InvalidClientTokenId",
      );
    return { kind: "user" };
  }
}

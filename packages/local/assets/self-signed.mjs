// A certificate for loopback, made anew at each start: Node can verify certificates and sign bytes, but has no function
// that makes one, and a key in the repository would be a secret in clear. X.509 version 3 in DER (RFC 5280).

import { generateKeyPairSync, randomBytes, sign } from "node:crypto";

const DAY_MS = 86_400_000;

/**
 * @param {number} tag
 * @param {...Buffer} parts
 */
function der(tag, ...parts) {
  const body = Buffer.concat(parts);
  if (body.length < 0x80) return Buffer.concat([Buffer.from([tag, body.length]), body]);
  const length = Buffer.from(body.length.toString(16).padStart(4, "0"), "hex");
  return Buffer.concat([Buffer.from([tag, 0x82]), length, body]);
}

/** @param {...Buffer} parts */
const sequence = (...parts) => der(0x30, ...parts);

/** @param {string} hex the identifier's bytes: the first two numbers share one, each other is in base 128 */
const objectId = (hex) => der(0x06, Buffer.from(hex, "hex"));

const ECDSA_WITH_SHA256 = sequence(objectId("2a8648ce3d040302")); // 1.2.840.10045.4.3.2
const COMMON_NAME = objectId("550403"); // 2.5.4.3
const SUBJECT_ALT_NAME = objectId("551d11"); // 2.5.29.17
const BASIC_CONSTRAINTS = objectId("551d13"); // 2.5.29.19

/** @param {number} wallMs */
const time = (wallMs) => der(0x17, Buffer.from(`${new Date(wallMs).toISOString().replace(/\D/g, "").slice(2, 14)}Z`));

/**
 * @param {Buffer} id
 * @param {Buffer} value
 */
const extension = (id, value) => sequence(id, der(0x04, value));

/**
 * A self-signed certificate that is its own authority, for `localhost` and `127.0.0.1`, good for a day before and a
 * month after now.
 *
 * @returns {{ key: string, cert: string }} PEM
 */
export function selfSigned() {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  // Its own: in a list of several authorities a client looks for the issuer by its name.
  const commonName = `strict target ${randomBytes(8).toString("hex")}`;
  const name = sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, Buffer.from(commonName)))));
  const names = sequence(der(0x82, Buffer.from("localhost")), der(0x87, Buffer.from([127, 0, 0, 1])));
  const authority = sequence(der(0x01, Buffer.from([0xff])));
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))), // version 3
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])), // a leading 1: a serial number is positive
    ECDSA_WITH_SHA256,
    name,
    sequence(time(Date.now() - DAY_MS), time(Date.now() + 30 * DAY_MS)),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(extension(SUBJECT_ALT_NAME, names), extension(BASIC_CONSTRAINTS, authority))),
  );
  const signature = der(0x03, Buffer.from([0]), sign("sha256", body, privateKey));
  const certificate = sequence(body, ECDSA_WITH_SHA256, signature).toString("base64");
  const lines = certificate.match(/.{1,64}/g) ?? [];
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`,
  };
}

import { createHash } from "node:crypto";
import type { Json, Micros } from "@sluice/dsl";
import { type Input, inputObject, isObject, optionalText } from "../../input";
import { invalidContents, invalidParameter, messageTooLong, missingParameter } from "./errors";

/** A message attribute, as the JSON protocol has it: binary values in base64. */
export interface MessageAttribute {
  readonly dataType: string;
  readonly value: string;
}
export type MessageAttributes = ReadonlyMap<string, MessageAttribute>;

/** What a sender gives. */
export interface Content {
  readonly body: string;
  readonly attributes: MessageAttributes;
  readonly senderId: string;
  readonly traceHeader: string | undefined;
  readonly groupId: string | undefined;
  readonly deduplicationId: string | undefined;
}

/**
 * A message in a queue. `lease` grows with every change of visibility, so that what a heap remembers of an earlier one
 * is told apart from what holds now.
 */
export interface Message extends Content {
  readonly id: string;
  readonly sentAtMs: number;
  readonly expiresAt: Micros;
  /** FIFO only. */
  readonly sequenceNumber: string | undefined;
  /** Place in the queue: the smaller goes first. */
  rank: number;
  lease: number;
  state: "delayed" | "visible" | "inFlight" | "gone";
  receives: number;
  firstReceivedAtMs: number;
  lastReceivedAt: Micros;
  /** It was deleted once already, and came back. */
  hasReturned: boolean;
}

/**
 * Control characters that are not white space, half a surrogate pair, and two non-characters: SQS takes none. Written out,
 * because a look-ahead at every character takes five times as long, for every message that is sent.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const FORBIDDEN = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uD800-\uDFFF\uFFFE\uFFFF]/u;

/**
 * Reads what SendMessage and an entry of SendMessageBatch have in common.
 *
 * @throws ServiceError as SQS does, in its order: body there, characters, attributes, size
 */
export function parseContent(
  input: Input,
  senderId: string,
  limits: { maxBytes: number; maxAttributes: number },
): Content {
  const body = optionalText(input, "MessageBody");
  if (body === undefined || body === "") throw missingParameter("MessageBody");
  if (FORBIDDEN.test(body)) throw invalidContents();
  const attributes = parseAttributes(input.MessageAttributes);
  if (attributes.size > limits.maxAttributes)
    throw invalidParameter(
      `Number of message attributes [${attributes.size}] exceeds the allowed maximum [${limits.maxAttributes}].`,
    );
  const content: Content = {
    body,
    attributes,
    senderId,
    traceHeader: parseTraceHeader(input.MessageSystemAttributes),
    groupId: optionalText(input, "MessageGroupId"),
    deduplicationId: optionalText(input, "MessageDeduplicationId"),
  };
  if (contentBytes(content) > limits.maxBytes) throw messageTooLong(limits.maxBytes);
  return content;
}

/** The bytes that count against the limits: body, and each attribute's name, type and value. */
export function contentBytes({ body, attributes }: Pick<Content, "body" | "attributes">): number {
  let bytes = Buffer.byteLength(body);
  for (const [name, { dataType, value }] of attributes)
    bytes += Buffer.byteLength(name) + Buffer.byteLength(dataType) + valueBytes(dataType, value).length;
  return bytes;
}

const NO_ATTRIBUTES: MessageAttributes = new Map();

/** @throws ServiceError when an attribute has no type that SQS knows, or no value */
export function parseAttributes(attributes: Json | undefined): MessageAttributes {
  if (attributes === undefined) return NO_ATTRIBUTES;
  const parsed = new Map<string, MessageAttribute>();
  for (const [name, attribute] of Object.entries(inputObject(attributes, "MessageAttributes"))) {
    const fields = inputObject(attribute, `the message attribute ${name}`);
    const dataType = optionalText(fields, "DataType") ?? "";
    if (!/^(String|Number|Binary)(\.|$)/.test(dataType))
      throw invalidParameter(
        `The type of message (user) attribute '${name}' is invalid. You must use only the following supported type prefixes: Binary, Number, String.`,
      );
    const value = optionalText(fields, isBinary(dataType) ? "BinaryValue" : "StringValue") ?? "";
    if (value === "")
      throw invalidParameter(
        `Message (user) attribute '${name}' must contain a non-empty value of type '${dataType}'.`,
      );
    parsed.set(name, { dataType, value });
  }
  return parsed;
}

function parseTraceHeader(system: Json | undefined): string | undefined {
  if (!isObject(system)) return undefined;
  const other = Object.keys(system).find((name) => name !== "AWSTraceHeader");
  if (other !== undefined)
    throw invalidParameter(`Message system attribute name '${other}' is invalid. Only AWSTraceHeader may be sent.`);
  return parseAttributes(system).get("AWSTraceHeader")?.value;
}

/** The wire form of the attributes that the caller asked for, and the digest of just these. */
export function renderAttributes(attributes: MessageAttributes): { [name: string]: Json } {
  return Object.fromEntries(
    [...attributes].map(([name, { dataType, value }]) => [
      name,
      { DataType: dataType, [isBinary(dataType) ? "BinaryValue" : "StringValue"]: value },
    ]),
  );
}

/**
 * Those that `MessageAttributeNames` asks for: names, `All` or `.*` for all, `prefix.*`.
 */
export function selectAttributes(attributes: MessageAttributes, names: readonly string[]): MessageAttributes {
  const isAsked = (attribute: string): boolean =>
    names.some(
      (name) =>
        name === "All" ||
        name === attribute ||
        (name.endsWith(".*") && attribute.startsWith(name.slice(0, -1))) ||
        name === ".*",
    );
  return new Map([...attributes].filter(([name]) => isAsked(name)));
}

/** MD5 in hexadecimal of the text in UTF-8. */
export const md5 = (text: string): string => createHash("md5").update(text).digest("hex");

/** MD5 of the attributes as the developer guide defines it: sorted by name, every part behind its length. */
export function md5OfAttributes(attributes: MessageAttributes): string {
  const hash = createHash("md5");
  const part = (bytes: Buffer): void => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  };
  for (const [name, { dataType, value }] of [...attributes].sort(([a], [b]) => (a < b ? -1 : 1))) {
    part(Buffer.from(name));
    part(Buffer.from(dataType));
    hash.update(Buffer.of(isBinary(dataType) ? 2 : 1));
    part(valueBytes(dataType, value));
  }
  return hash.digest("hex");
}

const isBinary = (dataType: string): boolean => /^Binary(\.|$)/.test(dataType);

const valueBytes = (dataType: string, value: string): Buffer =>
  Buffer.from(value, isBinary(dataType) ? "base64" : "utf8");

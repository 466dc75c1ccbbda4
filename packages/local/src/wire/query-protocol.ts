import type { Json } from "@sluice/dsl";
import type { ServiceError } from "../cloud-types";
import { isObject } from "../input";
import type { Protocol } from "./protocol";

const NAMESPACE = "http://sns.amazonaws.com/doc/2010-03-31/";
const HEADERS = { "content-type": "text/xml" };

/** SNS, the one service here that still speaks AWS's query protocol: a form in, XML out. */
export const SNS_PROTOCOL: Protocol = {
  service: "sns",
  decode: ({ body }) => {
    const { Action: operation, Version: _version, ...input } = parseForm(body.toString("utf8"));
    return { operation: typeof operation === "string" ? operation : "", input };
  },
  encode: ({ operation }, output, requestId) => ({
    status: 200,
    headers: HEADERS,
    body: document(`${operation}Response`, {
      [`${operation}Result`]: output,
      ResponseMetadata: { RequestId: requestId },
    }),
  }),
  encodeError: (error, requestId) => ({
    status: error.status,
    headers: HEADERS,
    body: document("ErrorResponse", {
      Error: { Type: error.status < 500 ? "Sender" : "Receiver", Code: codeOf(error), Message: error.message },
      RequestId: requestId,
    }),
  }),
};

/** SNS has a name of its own for what other services call AccessDenied. */
const codeOf = ({ name, queryCode }: ServiceError): string =>
  name === "AccessDeniedException" ? "AuthorizationError" : (queryCode ?? name.replace(/Exception$/, ""));

type Branch = Map<string, Branch | string>;

/** `A.entry.1.Name=x` and its kind as the object that a JSON protocol would have sent. All values stay strings. */
function parseForm(form: string): { [field: string]: Json } {
  const root: Branch = new Map();
  for (const [path, value] of new URLSearchParams(form)) plant(root, path.split("."), value);
  return fieldsOf(root);
}

function plant(branch: Branch, [step = "", ...rest]: readonly string[], value: string): void {
  if (rest.length === 0) {
    branch.set(step, value);
    return;
  }
  const found = branch.get(step);
  const next: Branch = found instanceof Map ? found : new Map();
  branch.set(step, next);
  plant(next, rest, value);
}

const fieldsOf = (branch: Branch): { [field: string]: Json } =>
  Object.fromEntries([...branch].map(([name, value]) => [name, jsonOf(value)]));

function jsonOf(branch: Branch | string): Json {
  if (typeof branch === "string") return branch;
  const { member, entry } = Object.fromEntries(branch);
  if (branch.size === 1 && member instanceof Map) return inOrder(member).map(jsonOf);
  if (branch.size === 1 && entry instanceof Map) return Object.fromEntries(inOrder(entry).map(pairOf));
  return fieldsOf(branch);
}

/** The items of a list, whose keys are their places: 1, 2, 3. */
const inOrder = (list: Branch): (Branch | string)[] =>
  [...list].sort(([a], [b]) => Number(a) - Number(b)).map(([, item]) => item);

/** An entry of a map; SNS writes `Name` and `Value` for message attributes, `key` and `value` for others. */
function pairOf(entry: Branch | string): [string, Json] {
  const fields = typeof entry === "string" ? {} : fieldsOf(entry);
  return [String(fields.Name ?? fields.key ?? ""), fields.Value ?? fields.value ?? ""];
}

const document = (root: string, content: Json): string =>
  `<?xml version="1.0"?>\n<${root} xmlns="${NAMESPACE}">${xml(content)}</${root}>\n`;

function xml(value: Json): string {
  if (Array.isArray(value)) return value.map((item) => element("member", item)).join("");
  if (!isObject(value)) return value === null ? "" : escapeXml(String(value));
  return Object.entries(value)
    .map(([name, content]) => element(name, content))
    .join("");
}

const element = (name: string, content: Json): string => `<${name}>${xml(content)}</${name}>`;

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

const escapeXml = (text: string): string => text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? "");

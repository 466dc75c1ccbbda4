import type { Json } from "@sluice/dsl";
import { Document, isScalar, isSeq, isMap as isYamlMap, type Pair, type Scalar, visit } from "yaml";
import type { JsonMap } from "./document";

/** A gateway file before it is text. */
export interface GatewayDraft {
  readonly value: JsonMap;
  readonly comments: {
    readonly top: string;
    readonly limit: string;
    readonly url: string | undefined;
    readonly auth: string | undefined;
  };
}

/** Longest map or list that stands on one line. */
const MAX_FLOW_CHARS = 80;

/** The file's text: blocks with a blank line between, comments where a person has to look. */
export function writeGateway({ value, comments }: GatewayDraft): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  document.commentBefore = comments.top;
  onOneLineWhereShort(document);
  const pairs = isYamlMap(document.contents) ? document.contents.items : [];
  for (const pair of pairs) {
    const key = isScalar(pair.key) ? pair.key : undefined;
    if (key === undefined) continue;
    if (["rateLimit", "endpoint", "operations"].includes(String(key.value))) key.spaceBefore = true;
    if (key.value === "rateLimit") ask(pair, key, comments.limit, " ask: how many calls in which window?");
    if (key.value === "endpoint" && comments.auth !== undefined) key.commentBefore = comments.auth;
    if (key.value === "endpoint" && comments.url !== undefined) questionIn(pair, comments.url);
  }
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

function ask(pair: Pair, key: Scalar, above: string, beside: string): void {
  key.commentBefore = above;
  if (isScalar(pair.value)) markQuestion(pair.value, beside);
}

function questionIn(endpoint: Pair, comment: string): void {
  const url = isYamlMap(endpoint.value) ? endpoint.value.get("url", true) : undefined;
  if (isScalar(url)) markQuestion(url, comment);
}

function markQuestion(scalar: Scalar, comment: string): void {
  scalar.type = "QUOTE_DOUBLE";
  scalar.comment = comment;
}

/** Short maps and lists inside of operations and auth on one line; with what is in them. */
function onOneLineWhereShort(document: Document): void {
  visit(document, {
    Collection: (_key, node, path) => {
      // The root, its blocks, and the operations one by one stay blocks: pair, map, pair, map, pair.
      const depth = path.filter((step) => isYamlMap(step) || isSeq(step)).length;
      const isBlock = depth < 2 || node.items.length === 0;
      const isShort = JSON.stringify(node.toJSON() as Json).length <= MAX_FLOW_CHARS;
      if (isBlock || !isShort) return undefined;
      node.flow = true;
      return visit.SKIP;
    },
  });
}

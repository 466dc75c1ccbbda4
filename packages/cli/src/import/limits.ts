import type { Json } from "@sluice/dsl";
import { type ApiDocument, asMap, asText, isMap } from "./document";
import { onOneLine } from "./words";

/** What the document says of a limit: a hint for the person who looks it up, never the answer. */
export interface LimitHint {
  /** Where in the document: `info.description`, `GET /search, answer 429`. */
  readonly place: string;
  readonly quote: string;
}

const SPEAKS_OF_LIMITS =
  /rate.?limit|throttl|too many requests|quota|(requests?|calls?|queries)\s+(?:\w+\s+)?(?:per|an?|every|each|in any|\/)\s*(?:\d+\s*)?(?:sec|min|hour|day|month)/i;
const HAS_FIGURES = /\d+\s*(?:\w+\s+){0,4}(?:requests?|calls?|queries|per\b|\/)|(?:per|every)\s+\d+/i;
const LIMIT_HEADER = /rate-?limit/i;
const MAX_QUOTE_CHARS = 160;
const MAX_HINTS = 3;

/** The sentences and headers of a document that speak of limits, those with figures first. */
export function limitHints(document: ApiDocument): LimitHint[] {
  const hints = [...fromInfo(document), ...fromOperations(document)];
  const distinct = hints.filter((hint, index) => hints.findIndex(({ quote }) => quote === hint.quote) === index);
  const ranked = [...distinct].sort((one, other) => Number(hasFigures(other)) - Number(hasFigures(one)));
  return ranked.slice(0, MAX_HINTS);
}

const hasFigures = ({ quote }: LimitHint): boolean => HAS_FIGURES.test(quote);

function* fromInfo({ root }: ApiDocument): Generator<LimitHint> {
  yield* quotesOf(asMap(root.info).description, "info.description");
  for (const [key, value] of [...Object.entries(root), ...Object.entries(asMap(root.info))])
    if (key.startsWith("x-") && LIMIT_HEADER.test(key)) yield { place: key, quote: shorten(JSON.stringify(value)) };
  for (const tag of Array.isArray(root.tags) ? root.tags : [])
    yield* quotesOf(asMap(tag).description, `the tag ${String(asMap(tag).name)}`);
}

function* fromOperations(document: ApiDocument): Generator<LimitHint> {
  for (const [path, item] of Object.entries(asMap(document.root.paths))) {
    for (const [method, operation] of Object.entries(asMap(item))) {
      if (!isMap(operation)) continue;
      const place = `${method.toUpperCase()} ${path}`;
      yield* quotesOf(operation.description, place);
      for (const [status, response] of Object.entries(asMap(operation.responses)))
        yield* fromResponse(followed(document, response), `${place}, answer ${status}`, document);
    }
  }
}

function* fromResponse(response: Json | undefined, place: string, document: ApiDocument): Generator<LimitHint> {
  if (!isMap(response)) return;
  // The bare words "Too Many Requests" only repeat the status.
  if ((asText(response.description) ?? "").length > 30) yield* quotesOf(response.description, place);
  for (const [name, header] of Object.entries(asMap(response.headers))) {
    if (!LIMIT_HEADER.test(name)) continue;
    const described = asText(asMap(followed(document, header)).description);
    yield {
      place,
      quote: shorten(described === undefined ? `header ${name}` : `header ${name}: ${onOneLine(described)}`),
    };
  }
}

function followed(document: ApiDocument, value: Json): Json | undefined {
  const { $ref } = asMap(value);
  return typeof $ref === "string" ? document.find($ref) : value;
}

function* quotesOf(value: Json | undefined, place: string): Generator<LimitHint> {
  const text = asText(value);
  if (text === undefined || !SPEAKS_OF_LIMITS.test(text)) return;
  const sentences = text.split(/\n\s*\n|\n(?=\s*[-*#|])/).flatMap((part) => onOneLine(part).split(/(?<=[.!?])\s+/));
  for (const sentence of sentences) if (SPEAKS_OF_LIMITS.test(sentence)) yield { place, quote: shorten(sentence) };
}

function shorten(quote: string): string {
  const at = Math.max(0, Math.min(quote.search(SPEAKS_OF_LIMITS) - 40, quote.length - MAX_QUOTE_CHARS));
  const part = quote.slice(at, at + MAX_QUOTE_CHARS);
  return `${at > 0 ? "…" : ""}${part}${at + MAX_QUOTE_CHARS < quote.length ? "…" : ""}`;
}

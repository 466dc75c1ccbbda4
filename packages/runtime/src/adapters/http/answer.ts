import type { IncomingMessage } from "node:http";
import type { Json } from "@sluice/dsl";
import type { CallEnd } from "../../core/ports";

/** The longest body that is read: four times what an answer may hold, so that an expression may pick from it. */
export const MAX_BODY_BYTES = 1_048_576;

/**
 * Reads a response to its end.
 *
 * @param onEnd called once, unless the connection is lost first; with `tooLarge` the rest is not read
 */
export function readAnswer(response: IncomingMessage, onEnd: (end: CallEnd) => void): void {
  const status = response.statusCode ?? 0;
  const tooLarge: CallEnd = {
    kind: "tooLarge",
    status,
    message: `its body is longer than ${MAX_BODY_BYTES / 1_048_576} MiB, the most that a gateway reads`,
  };
  const chunks: Buffer[] = [];
  let size = 0;
  response.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) onEnd(tooLarge);
    else chunks.push(chunk);
  });
  response.on("end", () => {
    if (!response.complete) return; // closed in the middle; the connection's own events tell
    const headers = joinHeaders(response);
    onEnd({ kind: "answer", status, headers, body: parseBody(Buffer.concat(chunks), headers["content-type"]) });
  });
}

/** Names in lower case; what came more than once joined by commas, as HTTP reads it. */
function joinHeaders(response: IncomingMessage): Record<string, string> {
  const entries = Object.entries(response.headersDistinct);
  return Object.fromEntries(entries.map(([name, values]) => [name, (values ?? []).join(", ")]));
}

/** JSON when it says so and is; otherwise text. */
function parseBody(bytes: Buffer, contentType = ""): Json {
  const text = decode(bytes, contentType);
  if (!/^\s*(application|text)\/([\w.+-]*\+)?json\b/i.test(contentType)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text; // an error page that is called JSON, or the empty answer to HEAD
  }
}

function decode(bytes: Buffer, contentType: string): string {
  const charset = /;\s*charset="?([\w.:-]+)/i.exec(contentType)?.[1] ?? "utf-8";
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes); // a charset that nobody knows
  }
}

import { z } from "zod";
import { DURATION_PATTERN, parseDuration } from "../duration";
import { EXPRESSION_PATTERN, stripBraces } from "../expressions";
import { parseRate, parseShare, RATE_PATTERN, type Rate, SHARE_PATTERN } from "../rate";
import { type Json, us } from "../units";

/** What a value of the language means, for findings that speak the user's words. */
export interface Leaf {
  readonly kind: "duration" | "rate" | "share" | "expression" | "name" | "text" | "choice";
  /** Completes "… must be". */
  readonly says: string;
}

/** The meaning of each scalar, beside the schema: JSON Schema has no place for it. */
export const leaves = z.registry<Leaf>();

/** What an editor shows of a key. */
export interface Described {
  readonly description: string;
  readonly examples: string[];
  /** What holds when the key is left out, where it is always the same; the plan fills it in, not the parser. */
  readonly default?: string;
}

/** A duration with its unit; microseconds when parsed. */
export function duration({ description, examples }: Described) {
  const says = "a duration with its unit";
  return z
    .string()
    .regex(DURATION_PATTERN)
    .meta({
      description: `${description} Units: ms, s, m, h, d.`,
      examples,
      patternErrorMessage: `${says}, like ${examples[0]}`,
    })
    .register(leaves, { kind: "duration", says })
    .transform((text) => parseDuration(text) ?? us(Number.NaN));
}

/** Calls in any window of time. */
export function rate({ description, examples }: Described, says = "calls/window, like 5/s or 600/5m") {
  return z
    .string()
    .regex(RATE_PATTERN)
    .meta({ description: `${description} Units: ms, s, m, h, d.`, examples, patternErrorMessage: says })
    .register(leaves, { kind: "rate", says })
    .transform((value): Rate => parseRate(value) ?? { calls: Number.NaN, windowUs: us(Number.NaN), text: value });
}

/** A percentage; 0 to 1 when parsed. */
export function share(described: Described) {
  return z
    .string()
    .regex(SHARE_PATTERN)
    .meta({ ...described, patternErrorMessage: "a percentage, like 5%" })
    .register(leaves, { kind: "share", says: "a percentage" })
    .transform((value) => parseShare(value) ?? Number.NaN);
}

/** JSONata in its braces; the code without them when parsed. */
export function expression({ description, examples }: Described) {
  return z
    .string()
    .regex(EXPRESSION_PATTERN)
    .meta({ description, examples, patternErrorMessage: "a JSONata expression in {% %}" })
    .register(leaves, { kind: "expression", says: "an expression in {% %}" })
    .transform((text) => stripBraces(text)?.code.trim() ?? "");
}

/** A text of one pattern; `says` tells people what the pattern means. */
export function named(pattern: RegExp, says: string, described: Described) {
  return z
    .string()
    .regex(pattern)
    .meta({ ...described, patternErrorMessage: says })
    .register(leaves, { kind: "name", says });
}

/** Any text. */
export function text(described: Described) {
  return z
    .string()
    .meta({ ...described })
    .register(leaves, { kind: "text", says: "text" });
}

/** A whole number within a range; `byDefault` is what holds when the key is left out. */
export function count(min: number, max: number, description: string, example: number, byDefault?: number) {
  return z
    .int()
    .min(min)
    .max(max)
    .meta({ description, examples: [example], ...(byDefault !== undefined && { default: byDefault }) });
}

/** Any JSON value. The parser gives nothing else, and looking through it again would take half of the time of the whole. */
export const json: z.ZodType<Json> = z
  .any()
  .meta({ id: "json", description: "Any value.", examples: [{ type: "object" }] });

/** A merge patch of a gateway file (RFC 7396). */
export const patch = (examples: object[]) =>
  z.record(z.string(), json).meta({
    description: "A JSON merge patch (RFC 7396) of this file: null removes, lists are replaced whole.",
    examples,
  });

/** A tier's name where tiers are referred to. */
export const tierName = named(/^[A-Za-z][A-Za-z0-9-]{0,19}$/, "a name of letters, digits and hyphens, at most 20", {
  description: "The tier's name, which callers give.",
  examples: ["HIGH", "NORMAL", "BATCH"],
});

/** The name of an HTTP header. */
export const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Headers by name. */
export const headers = (description: string) =>
  z
    .record(
      named(HEADER_NAME, "the name of an HTTP header", {
        description: "The header's name.",
        examples: ["Accept"],
      }),
      named(/^[^\r\n\0]*$/, "text of one line", {
        // The braces are the language's own, not a template of this file.
        // biome-ignore lint/suspicious/noTemplateCurlyInString: see above
        description: "The header's value; secrets by reference: ${secret:NAME} or ${secret:NAME#FIELD}.",
        examples: ["application/json"],
      }),
    )
    .meta({ description, examples: [{ Accept: "application/json" }] });

// biome-ignore lint/suspicious/noTemplateCurlyInString: the language's own braces
export const SECRET_EXAMPLES = ["${secret:companies-house#key}"];

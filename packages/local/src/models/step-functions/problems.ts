import type { Json } from "@sluice/dsl";

/** Gathers what is wrong with a definition, so that all of it is told at once. */
export class Problems {
  readonly found: string[] = [];

  add(path: string, what: string): void {
    this.found.push(`${what} at ${path}`);
  }

  /** Whatever is not known is refused: ignored, it could do on AWS what it does not do here. */
  allowOnly(path: string, object: { readonly [key: string]: Json }, known: readonly string[]): void {
    for (const key of Object.keys(object))
      if (!known.includes(key)) this.add(`${path}/${key}`, `The field '${key}' is not modelled locally`);
  }

  text(path: string, value: Json | undefined): string {
    if (typeof value === "string") return value;
    this.add(path, value === undefined ? "A field is missing" : "The value is to be a string");
    return "";
  }

  /** The given default when the value is absent. */
  number(path: string, value: Json | undefined, range: NumberRange): number {
    if (value === undefined) return range.otherwise;
    const { min, max = MAX_SECONDS, isWhole = true } = range;
    if (typeof value === "number" && value >= min && value <= max && (!isWhole || Number.isInteger(value)))
      return value;
    this.add(
      path,
      `The value ${JSON.stringify(value)} is to be a${isWhole ? " whole" : ""} number from ${min} to ${max}`,
    );
    return range.otherwise;
  }
}

interface NumberRange {
  readonly min: number;
  readonly max?: number;
  readonly isWhole?: boolean;
  readonly otherwise: number;
}

/** The largest number that Step Functions takes in IntervalSeconds, MaxAttempts, TimeoutSeconds. */
const MAX_SECONDS = 99_999_999;

import type { Finding } from "../findings";
import type { GatewayDocument, Path } from "../parse";

/** What a finding in a load says. */
export interface LoadWords {
  /** `LD001` */
  readonly rule: `LD${number}`;
  /** `when-they-come` */
  readonly name: string;
  readonly what: string;
  readonly why: string;
  readonly hint: string;
}

/** A finding at a place of a load file. */
export function loadFinding(
  document: GatewayDocument,
  path: Path,
  part: "key" | "value",
  { rule, name, what, why, hint }: LoadWords,
): Finding {
  const range = document.rangeOf(path, part);
  const message = `${what.charAt(0).toUpperCase()}${what.slice(1)}. ${why}`;
  return { file: document.file, range, path, rule, name, severity: "error", message, what, why, hint };
}

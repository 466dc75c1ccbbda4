import { isMap } from "./merge-patch";
import type { Json } from "./units";

/** A value as it is written in YAML on one line. */
export function yamlLine(value: Json): string {
  if (typeof value === "string") return isPlain(value) ? value : JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(yamlLine).join(", ")}]`;
  if (!isMap(value)) return String(value);
  const pairs = Object.entries(value).map(
    ([key, one]) => `${isPlain(key) ? key : JSON.stringify(key)}: ${yamlLine(one)}`,
  );
  return pairs.length === 0 ? "{}" : `{ ${pairs.join(", ")} }`;
}

const isPlain = (text: string): boolean =>
  (/^[A-Za-z/][^\s:#,[\]{}"']*(?::\/\/[^\s:#,[\]{}"']*)?( [A-Za-z0-9/][^\s:#,[\]{}"']*)*$/.test(text) &&
    !/^(true|false|null|yes|no|on|off|~)$/i.test(text)) ||
  /^[0-9]+(\/[0-9]*)?(ms|s|m|h|d)$|^[0-9.]+%$/.test(text);

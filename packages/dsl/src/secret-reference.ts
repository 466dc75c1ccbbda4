/** `${secret:NAME}` or `${secret:NAME#FIELD}` somewhere in a string. */
export interface SecretReference {
  /** The name in Secrets Manager. */
  readonly name: string;
  /** The field of a secret that is a JSON map. */
  readonly field: string | undefined;
  readonly start: number;
  readonly end: number;
}

const REFERENCE = /\$\{secret:([A-Za-z0-9/_+=.@-]{1,512})(?:#([A-Za-z0-9_.-]{1,128}))?\}/g;
const LOOKS_LIKE_ONE = /\$\{[^}]*\}?/g;

/** The references to secrets in a header's or an auth value, in order. */
export function secretReferences(text: string): SecretReference[] {
  return [...text.matchAll(REFERENCE)].map((found) => ({
    name: found[1] ?? "",
    field: found[2],
    start: found.index,
    end: found.index + found[0].length,
  }));
}

/** What begins like a reference (`${`) and is none, with its place. */
export function brokenReferences(
  text: string,
): { readonly text: string; readonly start: number; readonly end: number }[] {
  const good = new Set(secretReferences(text).map(({ start }) => start));
  return [...text.matchAll(LOOKS_LIKE_ONE)]
    .filter((found) => !good.has(found.index))
    .map((found) => ({ text: found[0], start: found.index, end: found.index + found[0].length }));
}

const MAX_CHARS = 160;

/** The first sentence of a text that may be Markdown or HTML and many paragraphs long, on one line. */
export function inShort(text: string): string {
  const plain = onOneLine(text);
  const first = /^.{12,}?[.!?](?=\s|$)/.exec(plain)?.[0] ?? plain;
  return first.length <= MAX_CHARS ? first : `${first.slice(0, MAX_CHARS - 1).trimEnd()}…`;
}

/** Without marks of HTML and Markdown's links, white space as single blanks. */
export function onOneLine(text: string): string {
  return text
    .replace(/<\/?(?:a|b|i|em|strong|code|span)(?:\s[^>]*)?>/gi, "")
    .replace(/<\/?[A-Za-z][^>]*>/g, " ")
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/\p{Cc}|\s/gu, " ")
    .replace(/ {2,}/g, " ")
    .trim();
}

/** Lower-case words joined by hyphens: `getCompanyByID` is get-company-by-id. */
export function kebab(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1-$2")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
}

/** At most so many letters, cut between words where that leaves something. */
export function cutBetweenWords(name: string, max: number): string {
  if (name.length <= max) return name;
  const cut = name.slice(0, max + 1);
  const at = cut.lastIndexOf("-");
  return (at > max / 2 ? cut.slice(0, at) : name.slice(0, max)).replace(/-+$/, "");
}

export { plural } from "@sluice/dsl";

/** Characters that are seen: colours take none. */
export const lengthOf = (text: string): number =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
  text.replace(/\u001b\[[0-9;]*m/g, "").length;

/** Breaks a text between words so that no line is longer than `width`, where words allow it. */
export function wrap(text: string, width: number): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && lengthOf(line) + 1 + lengthOf(word) > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].join("\n");
}

import { showWhole } from "@sluice/dsl";

/** `1 call`, `2,000 calls`. */
export const plural = (count: number, noun: string): string => `${showWhole(count)} ${noun}${count === 1 ? "" : "s"}`;

/** Breaks a text between words so that no line is longer than `width`, where words allow it. */
export function wrap(text: string, width: number): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].join("\n");
}

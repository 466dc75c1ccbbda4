/** How many characters tell a line, white space aside, and what stands for the end of the file. */
const WIDTH = 100;
const END_OF_FILE = 0xffff;

/**
 * What GitHub code scanning knows a line by, for each line of a text: a hash of the hundred characters from its
 * beginning, spaces and tabs aside, and which of the lines with that hash it is. A line that only moves keeps it.
 *
 * It is the value that the action `github/codeql-action/upload-sarif` computes itself; it warns of any other.
 *
 * @see https://github.com/github/codeql-action, src/fingerprints.ts
 */
export function lineHashes(text: string): string[] {
  const lines = text.split(/\r\n|\r|\n/).map((line) => `${line.replace(/[ \t]/g, "")}\n`);
  const units = lines
    .join("")
    .slice(0, -1)
    .split("")
    .map((unit) => unit.charCodeAt(0));
  const padded = [...units, END_OF_FILE, ...new Array<number>(WIDTH).fill(0)];
  const seen = new Map<string, number>();
  let start = 0;
  return lines.map((line) => {
    const hash = hashOf(padded.slice(start, start + WIDTH));
    const count = (seen.get(hash) ?? 0) + 1;
    seen.set(hash, count);
    start += line.length;
    return `${hash}:${count}`;
  });
}

/** A polynomial in 37, within 64 bits. */
const hashOf = (units: readonly number[]): string =>
  units.reduce((hash, unit) => BigInt.asUintN(64, hash * 37n + BigInt(unit)), 0n).toString(16);

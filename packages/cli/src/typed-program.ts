import { basename, relative, sep } from "node:path";

/**
 * How this program was started, to begin a command with that works when it is pasted into the same shell: `npx sluice`
 * where npm's own link to it was run, `sluice` where the shell found one, else `node` and the path.
 *
 * @param script the path of the script as Node got it: a link is not followed
 * @param cwd where the user stands
 */
export function typedProgram(script: string, cwd: string): string {
  // Whoever runs npm's link has not typed it: it is on no shell's path but npm's.
  if (script.includes(`${sep}node_modules${sep}.bin${sep}`)) return "npx sluice";
  if (basename(script) === "sluice") return "sluice";
  const fromHere = relative(cwd, script);
  return `node ${shellWord(fromHere.startsWith("..") ? script : fromHere)}`;
}

/** As one word of a POSIX shell: in single quotes where it needs them, a single quote in it between two pairs. */
export const shellWord = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

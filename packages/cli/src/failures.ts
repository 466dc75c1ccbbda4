import { types } from "node:util";

/** Wrong use, or a failure of the tool itself: told in one sentence on standard error, exit 2. */
export class ToolFailure extends Error {
  override readonly name = "ToolFailure";

  /** @param reason `missing` where a caller may go on without the file */
  constructor(
    sentence: string,
    readonly reason?: "missing",
  ) {
    super(sentence);
  }
}

/** A system error of Node's, as far as the sentences need it. */
interface SystemError extends Error {
  readonly code: string;
  readonly path?: string;
  readonly port?: number;
  readonly syscall?: string;
}

export const isSystemError = (error: unknown): error is SystemError =>
  types.isNativeError(error) && "code" in error && typeof error.code === "string";

/** Failures of other packages whose message is already a sentence for the user, by their class names. */
const TOLD_BY_NAME = new Set(["ToolFailure", "SynthesisFailure", "TemplateError", "PortUnavailable"]);

/**
 * One sentence for a failure that is not a bug, or undefined for one that is.
 *
 * @param error whatever was thrown
 */
export function sentenceFor(error: unknown): string | undefined {
  if (types.isNativeError(error) && TOLD_BY_NAME.has(error.name)) return error.message;
  if (!isSystemError(error)) return undefined;
  const where = error.path === undefined ? "" : ` (${error.path})`;
  switch (error.code) {
    case "ENOSPC":
      return `There is no space left on the disk${where}. Free some, then run the command again.`;
    case "EDQUOT":
      return `Your disk quota is used up${where}. Free some space, then run the command again.`;
    case "EADDRINUSE":
      return `Port ${error.port ?? "?"} is in use by another program. Choose another one with --port, or end that program.`;
    case "EACCES":
    case "EPERM":
      return error.syscall === "listen"
        ? `Port ${error.port ?? "?"} may not be used by you. Choose one above 1023 with --port.`
        : `Access is denied${where}. Check the permissions of that file or folder.`;
    case "ENOTDIR":
    case "EEXIST":
      return error.syscall === "mkdir" ? `There is a file where a folder is expected${where}.` : undefined;
    case "EROFS":
      return `The file system is read-only${where}. Write somewhere else.`;
    case "EMFILE":
    case "ENFILE":
      return "Too many files are open on this machine. Raise the limit (ulimit -n) or close some programs.";
    default:
      return undefined;
  }
}

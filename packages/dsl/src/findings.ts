/** What a rule found in a user's file. Offsets inside; lines and columns only when it is printed. */
export interface Finding {
  /** The user's path to the file, as they gave it. */
  readonly file: string;
  /** Half-open range of UTF-16 offsets into the file's text. */
  readonly range: readonly [start: number, end: number];
  /** Where in the document, e.g. `["tiers", 0, "timeout"]`. */
  readonly path: readonly (string | number)[];
  /** `SL004` */
  readonly rule: string;
  /** `bare-number` */
  readonly name: string;
  readonly severity: "error" | "warning";
  /** What is wrong and why it matters, in the user's words. */
  readonly message: string;
  /** The first part of the message, short enough to stand after a caret. */
  readonly what?: string;
  /** The rest of it. */
  readonly why?: string;
  /** How to mend it. */
  readonly hint: string;
  /** Put in place of `range` it mends the finding for certain; undefined where only a person can know. */
  readonly fix?: string;
}

/** A finding that a comment in the file has answered. */
export interface Suppressed {
  readonly finding: Finding;
  /** Why, in the words of the comment. */
  readonly reason: string;
}

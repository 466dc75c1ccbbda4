import type { Notes } from "../import/notes";
import type { Colors } from "../io";
import { plural } from "./words";

/** Places named of each kind; more would hide the other kinds. */
const MAX_PLACES = 5;

/** What was not carried over: a line for each kind with its count, and under it the places. */
export function renderNotes(notes: Notes, colors: Colors): string {
  const lines = notes.grouped().flatMap(({ what, where }) => {
    const shown = where.slice(0, MAX_PLACES).map((place) => `      ${colors.dim(place)}`);
    const more = where.length - shown.length;
    return [`  ${where.length}  ${what}`, ...shown, ...(more > 0 ? [colors.dim(`      and ${more} more`)] : [])];
  });
  return [`${plural(notes.count, "note")} on what was not carried over:`, ...lines].join("\n");
}

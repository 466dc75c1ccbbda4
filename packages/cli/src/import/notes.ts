/** Something of the document that the gateway file does not carry. */
export interface Note {
  /** What happened, the same words for each place: `a header parameter was left out`. */
  readonly what: string;
  /** Where: an operation's name and what in it. */
  readonly where: string;
}

/** Collects what could not be carried over. Nothing is dropped in silence. */
export class Notes {
  private readonly all: Note[] = [];

  add(what: string, where: string): void {
    if (!this.all.some((note) => note.what === what && note.where === where)) this.all.push({ what, where });
  }

  get count(): number {
    return this.all.length;
  }

  /** The notes of one kind together, in the order in which the first of each came. */
  grouped(): { readonly what: string; readonly where: readonly string[] }[] {
    const kinds = [...new Set(this.all.map(({ what }) => what))];
    return kinds.map((what) => ({
      what,
      where: this.all.filter((note) => note.what === what).map(({ where }) => where),
    }));
  }
}

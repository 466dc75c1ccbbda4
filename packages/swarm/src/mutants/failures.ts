/** Wrong use, or a catalogue that cannot be run as it is: told in one sentence on standard error, exit 2. */
export class MutantFailure extends Error {
  override readonly name = "MutantFailure";
}

/** A patch that no longer fits the sources. */
export class StalePatch extends Error {
  override readonly name = "StalePatch";
}

/** A mutant that does not compile. */
export class BrokenMutant extends Error {
  override readonly name = "BrokenMutant";
}

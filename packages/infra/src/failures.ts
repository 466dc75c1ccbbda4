/** Templates could not be written: what, where, and what to do about it, in words for the user. Not a bug. */
export class SynthesisFailure extends Error {
  override readonly name = "SynthesisFailure";
}

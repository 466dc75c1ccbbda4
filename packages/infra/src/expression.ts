/** JSONata steps, of which the last one is the value, as a field of a state; on one line, which asl-validator wants. */
export function expression(...steps: readonly string[]): string {
  const text = steps.length === 1 ? steps.join() : `(${steps.join("; ")})`;
  return `{% ${text.replaceAll(/\s*\n\s*/g, " ")} %}`;
}

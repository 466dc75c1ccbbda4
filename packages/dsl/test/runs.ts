/** Between how many properties `npm run fuzz` divides its time: those that ask below. */
const PROPERTIES = 6;

/** How long a property is searched: `usual` runs in a check that everybody waits for, its share of `npm run fuzz`'s time. */
export function runs(usual: number): { readonly numRuns: number; readonly interruptAfterTimeLimit?: number } {
  const minutes = Number(process.env.FUZZ_MINUTES ?? 0);
  if (minutes === 0) return { numRuns: usual };
  return { numRuns: Number.MAX_SAFE_INTEGER, interruptAfterTimeLimit: (minutes * 60_000) / PROPERTIES };
}

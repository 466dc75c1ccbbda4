/** How many runs of a property there are in a check that everybody waits for; FUZZ_RUNS=50000 looks longer. */
export const runs = (usual: number): number => Number(process.env.FUZZ_RUNS ?? usual);

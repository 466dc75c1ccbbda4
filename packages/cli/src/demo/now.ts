/** Milliseconds of the machine's monotonic clock, which the targets' logs speak in too. */
export const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;

/** What the wall clock is ahead of it, in milliseconds. Both are read as near to each other as can be. */
export const wallAheadMs = (): number => Date.now() - nowMs();

import { type Micros, ms, seconds, us } from "@sluice/dsl";

/** How much of the longest time each later one leaves: what is slow now and then must still be begun ahead of its start. */
const REMEMBERED = 0.99;

/** By how much the shortest time is believed less with each later one. */
const FORGOTTEN = 1.1;

const MIN_LEAD: Micros = ms(10);
const FIRST_LEAD: Micros = ms(100);
const MAX_LEAD: Micros = seconds(3);
const SPARE = 1.5;

/**
 * The longest recent time that something took, with the latest. It decays slowly: most connections are idle ones and take
 * nothing, and the next that has to be made takes a handshake. With 0.95, a target of uneven answers and handshakes of
 * 400 ms was called at 97 % of its rate.
 */
export const rememberSlowest = (slowestUs: Micros | undefined, tookUs: Micros): Micros =>
  us(Math.max(tookUs, (slowestUs ?? tookUs) * REMEMBERED));

/** The shortest recent time that something took, with the latest: one quick one among slow ones is soon forgotten. */
export const rememberQuickest = (quickestUs: Micros | undefined, tookUs: Micros): Micros =>
  us(Math.min(tookUs, (quickestUs ?? tookUs) * FORGOTTEN));

/** How long before a start what it needs is begun: a little longer than that has lately taken. */
export const leadUs = (slowestUs: Micros | undefined): Micros =>
  us(Math.min(MAX_LEAD, slowestUs === undefined ? FIRST_LEAD : Math.max(MIN_LEAD, slowestUs * SPARE)));

/** How long it is expected to take: as lately, and never longer than its lead, or it would not be begun at all. */
export const expectedUs = (slowestUs: Micros | undefined): Micros =>
  us(Math.min(slowestUs ?? FIRST_LEAD, leadUs(slowestUs)));

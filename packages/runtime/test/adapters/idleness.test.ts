import { ms, seconds, us } from "@sluice/dsl";
import { createIdleness } from "../../src/adapters/http/idleness";

test("of a target that has shown nothing, a connection is used for half a second", () => {
  expect(createIdleness().limit()).toBe(ms(500));
});

test("what survives is believed by half, up to four seconds", () => {
  const idleness = createIdleness();
  idleness.survived(seconds(2));
  expect(idleness.limit()).toBe(seconds(1));
  idleness.survived(seconds(60));
  expect(idleness.limit()).toBe(seconds(4));
});

test("an idle connection is watched until it shows twice as much, and for four seconds at most", () => {
  const idleness = createIdleness();
  expect(idleness.nextLook(us(0))).toBe(seconds(2));
  idleness.survived(seconds(2));
  expect(idleness.nextLook(seconds(2))).toBe(seconds(2));
  expect(idleness.nextLook(seconds(4))).toBeUndefined();
});

test("an announcement is believed whether it is more or less than was seen", () => {
  const generous = createIdleness();
  generous.announced(seconds(5));
  expect(generous.limit()).toBe(ms(2_500));
  const mean = createIdleness();
  mean.survived(seconds(4));
  mean.announced(seconds(1));
  expect(mean.limit()).toBe(ms(500));
});

test("a close that was seen counts more than what was survived, and is forgotten over many turns", () => {
  const idleness = createIdleness();
  idleness.survived(seconds(4));
  idleness.closedAfter(ms(100));
  expect(idleness.limit()).toBe(ms(50));
  for (let turn = 0; turn < 20; turn += 1) idleness.relax();
  expect(idleness.limit()).toBe(seconds(2));
});

test("after one turn a target that closes early is still not met by a call", () => {
  const idleness = createIdleness();
  idleness.survived(seconds(4));
  idleness.closedAfter(ms(300));
  idleness.relax();
  expect(idleness.limit()).toBeLessThan(ms(300));
});

test("a new connection may wait as long as it took to establish, and a moment in any case", () => {
  const idleness = createIdleness();
  expect(idleness.limitWhenNew(ms(20))).toBe(ms(500));
  expect(idleness.limitWhenNew(seconds(1))).toBe(seconds(1));
  idleness.closedAfter(us(0));
  expect(idleness.limitWhenNew(ms(20))).toBe(ms(50));
  expect(idleness.limit()).toBe(ms(5));
});

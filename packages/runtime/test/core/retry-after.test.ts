import { seconds } from "@sluice/dsl";
import { retryAfterUs } from "../../src/core/retry-after";

const NOW = Date.parse("2026-11-24T10:00:00Z");

test("Retry-After counts seconds", () => {
  expect(retryAfterUs("30", NOW)).toBe(seconds(30));
  expect(retryAfterUs(" 0 ", NOW)).toBe(0);
});

test("Retry-After may be an HTTP date, and one that has passed means now", () => {
  expect(retryAfterUs("Tue, 24 Nov 2026 10:01:00 GMT", NOW)).toBe(seconds(60));
  expect(retryAfterUs("Tue, 24 Nov 2026 09:00:00 GMT", NOW)).toBe(0);
});

test.each([undefined, "", "soon", "-5", "1.5", "2026-11-24"])("Retry-After %p says nothing", (value) => {
  expect(retryAfterUs(value, NOW)).toBeUndefined();
});

import type { Envelope } from "@sluice/dsl";
import { parseEnvelope, requestIdOf } from "../../src/aws-ports/envelope";

const ENVELOPE: Envelope = {
  version: 1,
  id: "a1",
  token: "AAAA",
  execution: "arn:one",
  startedAtMs: 1_000,
  attempt: 0,
  tier: "HIGH",
  operation: "read",
  repeatable: true,
  deadlineMs: 2_000,
  request: { id: "7" },
};

test("an envelope is read as it was published", () => {
  expect(parseEnvelope(JSON.stringify(ENVELOPE))).toEqual(ENVELOPE);
});

test("an envelope of a version that said nothing of it is read", () => {
  const { repeatable, ...earlier } = ENVELOPE;
  expect(parseEnvelope(JSON.stringify(earlier))).toEqual({ ...earlier, repeatable: undefined });
});

test("a caller who sent no request has the request null", () => {
  const { request, ...rest } = ENVELOPE;
  expect(parseEnvelope(JSON.stringify(rest))?.request).toBeNull();
});

test.each([
  ["no JSON", "2026-11-24T12:00:00Z"],
  ["no map", "[1]"],
  ["null", "null"],
  ["of another version", JSON.stringify({ ...ENVELOPE, version: 2 })],
  ["without a token", JSON.stringify({ ...ENVELOPE, token: "" })],
  ["with a deadline that is no number", JSON.stringify({ ...ENVELOPE, deadlineMs: "soon" })],
])("a message that is %s is no envelope", (_name, body) => {
  expect(parseEnvelope(body)).toBeUndefined();
});

test("a bell knows which request rang it, of whatever version; the sweep's knows none", () => {
  expect(requestIdOf(JSON.stringify({ ...ENVELOPE, version: 2 }))).toBe("a1");
  expect(requestIdOf("2026-11-24T12:00:00Z")).toBeUndefined();
  expect(requestIdOf("17")).toBeUndefined();
});

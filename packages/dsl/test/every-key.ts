/** A file that states everything this version keeps. */
export const EVERY_KEY = `name: whole
description: what it is
owner: somebody
rateLimit: 50/30s
tiers: [{ name: HIGH, timeout: 2m }, { name: BATCH, timeout: 1h, share: 7% }]
timeouts: { connect: 1s, response: 20s }
endpoint:
  adapter: http
  url: https://api.example.org/v1
  headers: { Accept: text/plain }
  auth: { type: apiKey, in: header, name: Key, value: "\${secret:whole#key}" }
operations:
  read: { path: "/read/{id}", latency: 1s, headers: { X: "1" }, answer: "{% $body %}", request: { required: [id] } }
  order: { method: POST, path: /order, body: "{% $request %}", idempotency: { header: Idem } }
outcomes:
  success: { status: [200], when: "{% $body.ok %}" }
  rejected: [404]
  unavailable: [503]
  unknown: [502]
  throttled: { status: [403], pause: 10s, maxPause: 1m }
`;

/** Each number, text and boolean of a value, with the value as it is when only that one differs. */
export function* differing(value: unknown, path: readonly string[] = []): Generator<[path: string, whole: unknown]> {
  if (typeof value === "number") yield [path.join("."), value + 1];
  else if (typeof value === "string") yield [path.join("."), `${value}x`];
  else if (typeof value === "boolean") yield [path.join("."), !value];
  else if (typeof value === "object" && value !== null)
    for (const [key, part] of Object.entries(value))
      for (const [at, other] of differing(part, [...path, key]))
        yield [at, Array.isArray(value) ? value.with(Number(key), other) : { ...value, [key]: other }];
}

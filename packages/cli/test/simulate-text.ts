/** A gateway that a test simulates in a moment: three calls a second, a tier for people and one for batches. */
export const SHOP = `version: 1
name: shop
rateLimit: 3/s
tiers:
  - { name: HIGH, timeout: 2m }
  - { name: BATCH, timeout: 1h }
endpoint: { adapter: http, url: https://shop.example.org }
operations:
  order:
    method: POST
    path: /orders
    latency: 200ms
    body: "{% $request %}"
    request:
      type: object
      required: [item]
      properties: { item: { type: string, pattern: "^[A-Z]{3}$" } }
  price:
    method: GET
    path: /prices/{item}
    latency: 100ms
    request:
      type: object
      required: [item]
      properties: { item: { type: string } }
`;

/** People all the time, and a backlog of batches. */
export const LOAD = `for: 30s
arrivals:
  - { tier: HIGH, operation: price, rate: 30/m }
  - { tier: BATCH, operation: price, backlog: 60 }
`;

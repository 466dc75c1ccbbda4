/** A gateway file without a fault, and small changes to it. */
export const WEATHER = `version: 1
name: weather
rateLimit: 5/s
tiers:
  - { name: HIGH, timeout: 2m }
  - { name: BATCH, timeout: 1h }
endpoint:
  adapter: http
  url: https://weather.example.org
operations:
  forecast:
    method: GET
    path: /forecast/{place}
    request:
      type: object
      required: [place]
      properties: { place: { type: string } }
environments:
  staging: { rateLimit: 1/s }
`;

/** With one piece of text in place of another. @throws Error when it is not there, so that no test tests nothing */
export function changed(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`the text has no ${from}`);
  return text.replace(from, to);
}

/** With a bearer token from a secret. */
export const withToken = (text: string, secret: string): string =>
  changed(text, "operations:\n", `  auth: { type: bearer, token: "\${secret:${secret}}" }\noperations:\n`);

import { type GatewayPlan, lintGateways, planGateway } from "@sluice/dsl";
import { madeUpSecrets, missingSecrets, parseSecrets } from "../src/secrets";
import { WEATHER, withToken } from "./gateway-text";

function planWith(secret: string): GatewayPlan {
  const { specs, findings } = lintGateways([{ file: "weather.yaml", text: withToken(WEATHER, secret) }]);
  const [linted] = specs;
  if (linted === undefined) throw new Error(JSON.stringify(findings));
  return planGateway(linted.spec);
}

const FIELD = planWith("weather#token");
const WHOLE = planWith("weather");

test("the file maps a name to a text or to fields", () => {
  expect(parseSecrets('weather: { token: "t" }\ntides: t2\n')).toEqual(
    new Map<string, unknown>([
      ["weather", { token: "t" }],
      ["tides", "t2"],
    ]),
  );
});

test.each([
  ["- weather", "no map of secrets"],
  ["weather: 12", "weather is neither a text nor a map of texts"],
  ["weather: { token: 12 }", "Numbers go in quotes"],
  ["weather: [", "sluice.secrets.yaml:1:"],
])("%p is refused with what it should be", (text, sentence) => {
  expect(() => parseSecrets(text)).toThrow(sentence);
});

test("what a gateway refers to and the file lacks is named", () => {
  expect(missingSecrets([FIELD, WHOLE], new Map())).toEqual(["weather#token"]);
  expect(missingSecrets([WHOLE], new Map())).toEqual(["weather"]);
  expect(missingSecrets([FIELD], new Map([["weather", { token: "t" }]]))).toEqual([]);
});

test("a made-up secret has the fields that are referred to, and keeps those of the file", () => {
  expect(madeUpSecrets([FIELD], new Map())).toEqual(new Map([["weather", { token: "made-up-token" }]]));
  expect(madeUpSecrets([WHOLE], new Map())).toEqual(new Map([["weather", "made-up-weather"]]));
  expect(madeUpSecrets([FIELD], new Map([["weather", { other: "o" }]]))).toEqual(
    new Map([["weather", { other: "o", token: "made-up-token" }]]),
  );
  expect(madeUpSecrets([FIELD], new Map([["weather", { token: "t" }]]))).toEqual(new Map());
});

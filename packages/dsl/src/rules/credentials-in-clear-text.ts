import { isLoopback } from "../loopback";
import { isMap, valueAt } from "../merge-patch";
import { headersOf } from "../places";
import { defineRule, text } from "../rule";
import { secretReferences } from "../secret-reference";
import type { Json } from "../units";

export const credentialsInClearText = defineRule({
  id: "SL051",
  name: "credentials-in-clear-text",
  severity: "warning",
  messages: {
    plain: {
      what: text`without TLS, whoever is on the way reads ${"what"}`,
      why: text`http:// sends everything as it is, and each call to ${"host"} carries ${"what"}.`,
      mend: text`Write https:// if the target has it. If it has not, keep the way to it in a network of your own.`,
    },
  },
  check: ({ value }, report) => {
    const auth = valueAt(value, ["endpoint", "auth"]);
    const type = isMap(auth) ? String(auth.type) : undefined;
    const carried = carriedBy(type, value);
    const places = [
      { path: ["endpoint", "url"], what: carried },
      { path: ["endpoint", "auth", "tokenUrl"], what: type === "oauth2" ? "the client's secret" : undefined },
    ];
    for (const { path, what } of places) {
      const host = plainHost(valueAt(value, path));
      if (host !== undefined && what !== undefined)
        report("plain", { path, slice: [0, "http".length] }, { host, what });
    }
  },
});

const CREDENTIALS: Readonly<Record<string, string>> = {
  basic: "user name and password",
  bearer: "the token",
  apiKey: "the key",
  oauth2: "the token",
  wsSecurity: "user name and password",
};

/** What a call carries that nobody else should read. */
function carriedBy(type: string | undefined, value: Json | undefined): string | undefined {
  if (type !== undefined && Object.hasOwn(CREDENTIALS, type)) return CREDENTIALS[type];
  const header = headersOf(value).find(({ text }) => secretReferences(text).length > 0);
  return header && `the secret in ${header.name}`;
}

/** The host of an address without TLS that is not this machine's own. */
function plainHost(url: Json | undefined): string | undefined {
  if (typeof url !== "string" || !/^http:\/\//i.test(url) || url.includes("${") || !URL.canParse(url)) return undefined;
  const { hostname } = new URL(url);
  return isLoopback(hostname) ? undefined : hostname;
}

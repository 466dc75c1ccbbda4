import { valueAt } from "../merge-patch";
import { credentialsOf, type HeaderPlace, headersOf, placesOfText } from "../places";
import { defineRule, text } from "../rule";
import { secretReferences } from "../secret-reference";
import type { Json } from "../units";

export const secretInClear = defineRule({
  id: "SL008",
  name: "secret-in-clear",
  severity: "error",
  isJudgement: true,
  messages: {
    value: {
      what: text`a secret in clear`,
      why: text`${"name"} would be in the repository, in the template and in everyone's history of both. If it was pushed, it has to be replaced.`,
      mend: text`Put it into Secrets Manager and write ${"reference"}.`,
    },
    url: {
      what: text`a secret in clear`,
      why: text`What stands in a URL ends up in logs. If it was pushed, it has to be replaced.`,
      mend: text`Put it into Secrets Manager and give it by endpoint.auth: ${"auth"}.`,
    },
  },
  check: ({ value }, report) => {
    const gateway = String(valueAt(value, ["name"]) ?? "NAME");
    for (const { path, name } of credentials(value)) {
      report("value", { path }, { name, reference: `$\{secret:${gateway}#${fieldFor(name)}}` });
    }
    for (const { path, text } of placesOfText(value)) {
      const userInfo = path[0] === "endpoint" && path[1] === "url" ? /^[a-z]+:\/\/([^/@?#]+)@/i.exec(text) : null;
      if (userInfo?.[1] !== undefined) {
        const start = text.indexOf(userInfo[1]);
        const auth = `{ type: basic, username: $\{secret:${gateway}#username}, password: $\{secret:${gateway}#password} }`;
        report("url", { path, slice: [start, start + userInfo[1].length] }, { auth });
      }
      const key = isUrl(path) ? KEY_IN_QUERY.exec(text) : null;
      if (key?.[1] !== undefined && key[2] !== undefined) {
        const start = key.index + key[0].length - key[2].length;
        const auth = `{ type: apiKey, in: query, name: ${key[1]}, value: $\{secret:${gateway}#key} }`;
        report("url", { path, slice: [start, start + key[2].length] }, { auth });
      }
    }
  },
});

const SECRET_HEADER =
  /^(proxy-)?authorization$|^cookie$|token|secret|passwo?r?d|credential|api-?_?key|access-?_?key|subscription-?_?key|auth-?_?key/i;
const KEY_IN_QUERY = /[?&]((?:api|access|subscription)?[_-]?(?:key|token|secret|password))=([^&{}$#]+)/i;

function isUrl(path: readonly (string | number)[]): boolean {
  return path.at(-1) === "url" || path.at(-1) === "path";
}

/** Texts that are a credential by their place and hold no reference. */
function credentials(value: Json | undefined): HeaderPlace[] {
  const password = valueAt(value, ["endpoint", "auth", "password"]);
  // Without a password the user name is the key, as some APIs have it.
  const isKey = typeof password !== "string" || password === "";
  const auth = credentialsOf(value).filter(({ name }) => name !== "username" || isKey);
  const headers = headersOf(value).filter(({ name }) => SECRET_HEADER.test(name));
  return [...auth, ...headers].filter(
    ({ text }) => text !== "" && secretReferences(text).length === 0 && !text.includes("${"),
  );
}

function fieldFor(name: string): string {
  return /^[A-Za-z]+$/.test(name) ? name.toLowerCase() : "key";
}

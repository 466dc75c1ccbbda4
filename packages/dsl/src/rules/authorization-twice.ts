import { isMap, valueAt } from "../merge-patch";
import { headersOf, type TextPlace, templatesOf } from "../places";
import { defineRule, text } from "../rule";
import type { Json } from "../units";

export const authorizationTwice = defineRule({
  id: "SL050",
  name: "authorization-twice",
  severity: "error",
  messages: {
    header: {
      what: text`endpoint.auth sets ${"name"} too`,
      why: text`A call carries one ${"name"}, the one of endpoint.auth (${"type"}); what stands here would never be sent.`,
      mend: text`Keep one: remove this header, or endpoint.auth.`,
    },
    query: {
      what: text`endpoint.auth puts ${"name"} into the query too`,
      why: text`Calls would carry it twice, and which of the two counts is the target's secret.`,
      mend: text`Remove ${"name"} from the path, or remove endpoint.auth.`,
    },
  },
  check: ({ value }, report) => {
    const auth = valueAt(value, ["endpoint", "auth"]);
    if (!isMap(auth)) return;
    const type = String(auth.type);
    const header = headerOf(auth);
    for (const { name, path } of headersOf(value))
      if (name.toLowerCase() === header?.toLowerCase()) report("header", { path, part: "key" }, { name, type });
    if (auth.type !== "apiKey" || auth.in !== "query" || typeof auth.name !== "string" || auth.name === "") return;
    const name = auth.name;
    for (const place of templatesOf(value))
      for (const start of inQuery(place, name))
        report("query", { path: place.path, slice: [start, start + name.length] }, { name });
  },
});

/** The header that a way of authenticating fills. */
function headerOf(auth: { readonly [key: string]: Json }): string | undefined {
  if (auth.type === "apiKey") return auth.in === "header" && typeof auth.name === "string" ? auth.name : undefined;
  return ["basic", "bearer", "oauth2"].includes(String(auth.type)) ? "Authorization" : undefined;
}

/** Where a path's query names a parameter: `?name=1`, `{?name,other}`. */
function inQuery({ text }: TextPlace, name: string): number[] {
  const parts = [...text.matchAll(/\{[?&][^{}]*\}|[?&][^{}?&]*/g)];
  return parts.flatMap(({ 0: part, index }) =>
    [...part.matchAll(/[^{}?&,=:*]+/g)]
      .filter((word) => word[0] === name && (part.startsWith("{") || word.index === 1))
      .map((word) => index + word.index),
  );
}

import { valueAt } from "../merge-patch";
import { defineRule, text } from "../rule";
import { isQuestion } from "../shape";

export const badUrl = defineRule({
  id: "SL029",
  name: "bad-url",
  severity: "error",
  messages: {
    form: {
      what: text`not an address of HTTP`,
      why: text`Every call goes to this address with the operation's path behind it.`,
      mend: text`Write it whole, like https://api.example.org/v1.`,
    },
    query: {
      what: text`a query or a fragment cannot be here`,
      why: text`The operations' paths are put behind the url, and would end up behind ${"found"}.`,
      mend: text`Put it into the operations' paths, or use endpoint.auth with in: query for a key.`,
    },
  },
  check: ({ value }, report) => {
    const path = ["endpoint", "url"];
    const url = valueAt(value, path);
    if (typeof url !== "string" || url.includes("${") || isQuestion(url)) return;
    const tail = url.search(/[?#]/);
    if (!/^https?:\/\/[^/?#\s]/i.test(url) || !URL.canParse(url)) report("form", { path }, {});
    else if (tail >= 0) report("query", { path, slice: [tail, url.length] }, { found: url.charAt(tail) });
  },
});

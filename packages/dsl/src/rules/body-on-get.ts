import { valueAt } from "../merge-patch";
import { operationsOf } from "../places";
import { defineRule, text } from "../rule";

export const bodyOnGet = defineRule({
  id: "SL049",
  name: "body-on-get",
  severity: "warning",
  messages: {
    body: {
      what: text`a ${"method"} with a body`,
      why: text`${"reason"}Many targets, and proxies on the way to them, ignore or refuse the body of a ${"method"}.`,
      mend: text`Write method: POST or another that sends something; or put the values into the path, like {?name}.`,
    },
  },
  check: ({ value }, report) => {
    if (valueAt(value, ["endpoint", "adapter"]) !== "http") return;
    for (const [operation, keys] of operationsOf(value)) {
      const method = keys.method ?? "GET";
      if (keys.body === undefined || (method !== "GET" && method !== "HEAD")) continue;
      const reason = keys.method === undefined ? "An operation that states no method is a GET. " : "";
      report("body", { path: ["operations", operation, "body"], part: "key" }, { method, reason });
    }
  },
});

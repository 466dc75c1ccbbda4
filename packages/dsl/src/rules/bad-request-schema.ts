import { isMap } from "../merge-patch";
import { operationsOf } from "../places";
import { checkRequestSchema } from "../request-schema";
import { defineRule, text } from "../rule";

export const badRequestSchema = defineRule({
  id: "SL025",
  name: "bad-request-schema",
  severity: "error",
  messages: {
    keyword: {
      what: text`JSON Schema has no keyword ${"keyword"}`,
      why: text`It would be ignored, and requests that should be refused would spend a call.`,
      mend: text`${"advice"}`,
    },
    value: {
      what: text`${"keyword"} must be ${"says"}`,
      why: text`The schema of the request is checked as JSON Schema, draft 2020-12.`,
      mend: text`Change the value of ${"keyword"}.`,
    },
    pattern: {
      what: text`not a regular expression`,
      why: text`Every request would fail on it.`,
      mend: text`Mend the pattern; it is JavaScript's, with the u flag, and in double quotes YAML wants each \\ doubled.`,
    },
    reference: {
      what: text`${"target"} leads nowhere`,
      why: text`A $ref names a part of the same schema, like #/$defs/address.`,
      mend: text`Add the part under $defs, or write the schema out here.`,
    },
    whole: {
      what: text`not a JSON Schema`,
      why: text`Requests could not be checked against it.`,
      mend: text`Start with type: object and properties.`,
    },
  },
  check: ({ value }, report) => {
    for (const [name, { request }] of operationsOf(value)) {
      if (!isMap(request)) continue;
      for (const fault of checkRequestSchema(request)) {
        const path = ["operations", name, "request", ...fault.path];
        if (fault.kind === "keyword") report("keyword", { path, part: "key" }, fault);
        else if (fault.kind === "value") report("value", { path }, fault);
        else if (fault.kind === "reference") report("reference", { path }, fault);
        else report(fault.kind, { path, part: fault.part }, {});
      }
    }
  },
});

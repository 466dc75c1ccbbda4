import { placesOfText } from "../places";
import { defineRule, text } from "../rule";
import { brokenReferences, secretReferences } from "../secret-reference";

export const badSecretReference = defineRule({
  id: "SL009",
  name: "bad-secret-reference",
  severity: "error",
  messages: {
    form: {
      what: text`${"text"} is not a reference to a secret`,
      why: text`It would be sent to the target as it stands.`,
      mend: text`Write $\{secret:NAME}, or $\{secret:NAME#FIELD} for one field of a secret that is a map. Names: letters, digits and /_+=.@-.`,
    },
    place: {
      what: text`a secret cannot be here`,
      why: text`What stands in a URL ends up in logs; secrets go into headers and endpoint.auth only.`,
      mend: text`Give it by endpoint.auth: type apiKey with in: query puts it into the query.`,
    },
  },
  check: ({ value }, report) => {
    for (const { path, text } of placesOfText(value)) {
      const isUrl = path.at(-1) === "url" || path.at(-1) === "path";
      const good = isUrl ? secretReferences(text) : [];
      for (const { start, end } of good) report("place", { path, slice: [start, end] }, {});
      for (const broken of brokenReferences(text)) {
        if (!/^\$\{ssm:/.test(broken.text))
          report("form", { path, slice: [broken.start, broken.end] }, { text: broken.text });
      }
    }
  },
});

import { templatesOf } from "../places";
import { defineRule, text } from "../rule";
import { parseUriTemplate } from "../uri-template";

export const badTemplate = defineRule({
  id: "SL023",
  name: "bad-template",
  severity: "error",
  messages: {
    start: {
      what: text`a path begins with / or with {?`,
      why: text`It is put right behind the endpoint's url.`,
      mend: text`Write /${"text"}.`,
    },
    unclosed: {
      what: text`this brace is not closed`,
      why: text`A variable of a path stands between { and }.`,
      mend: text`Add the }.`,
    },
    stray: {
      what: text`this brace closes nothing`,
      why: text`A variable of a path stands between { and }.`,
      mend: text`Add the {, or write %7D if the target wants a brace.`,
    },
    empty: {
      what: text`there is no variable in these braces`,
      why: text`A variable of a path stands between { and }.`,
      mend: text`Name a property of the request, like {number}.`,
    },
    unencoded: {
      what: text`{${"text"}\u2026} does not percent-encode`,
      why: text`A request's value could then reach another path of the target.`,
      mend: text`Write {name} for a part of the path, {?name} for the query.`,
    },
    operator: {
      what: text`${"text"} has no meaning at the start of a variable`,
      why: text`Paths are RFC 6570 templates: {name}, {/name}, {.name}, {;name}, {?name}, {&name}.`,
      mend: text`Write {name} for a part of the path, {?name} for the query.`,
    },
    variable: {
      what: text`not the name of a variable`,
      why: text`Names are letters, digits, _ and ., and several are separated by commas alone.`,
      mend: text`Write it like {?first,second}.`,
    },
    character: {
      what: text`this character cannot be in a URL`,
      why: text`The target would get another path than the one that stands here.`,
      mend: text`Write it percent-encoded, like %20 for a space.`,
    },
  },
  check: ({ value }, report) => {
    for (const { path, text } of templatesOf(value)) {
      if (text !== "" && !/^(\/|\?|\{[/?])/.test(text)) report("start", { path, slice: [0, 1] }, { text });
      for (const { problem, text: found, start, end } of parseUriTemplate(text).problems) {
        if (text.slice(Math.max(0, start - 1), start + 1) === "${") continue; // a reference: bad-secret-reference speaks
        report(problem, { path, slice: [start, end] }, { text: found });
      }
    }
  },
});

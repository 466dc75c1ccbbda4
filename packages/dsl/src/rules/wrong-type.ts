import { didYouMean } from "../did-you-mean";
import { isMap } from "../merge-patch";
import { notYetIn } from "../not-yet";
import type { GatewayDocument } from "../parse";
import { defineRule, type Fix, text } from "../rule";
import type { Json } from "../units";

export const wrongType = defineRule({
  id: "SL005",
  name: "wrong-type",
  severity: "error",
  messages: {
    value: {
      what: text`${"subject"} must be ${"says"}`,
      why: text`It is ${"found"}. ${"description"}`,
      mend: text`Write for example ${"example"}.`,
    },
    file: {
      what: text`a gateway file is a map of keys and values`,
      why: text`This one is ${"found"}.`,
      mend: text`Begin with version: 1 and name: NAME; the files in gateways/ are examples.`,
    },
    project: {
      what: text`sluice.yaml is a map of keys and values`,
      why: text`This one is ${"found"}.`,
      mend: text`Begin with version: 1; defaults, environments and policy may follow.`,
    },
    load: {
      what: text`a load file is a map of keys and values`,
      why: text`This one is ${"found"}.`,
      mend: text`Write for example arrivals: 5/s; the files in loads/ are examples.`,
    },
    word: {
      what: text`${"subject"} must be ${"says"}`,
      why: text`It is ${"found"}. ${"description"}`,
      mend: text`Did you mean ${"guess"}?`,
    },
    quotes: {
      what: text`${"subject"} must be ${"says"}`,
      why: text`Without quotes YAML reads ${"value"} as ${"found"}. ${"description"}`,
      mend: text`Write "${"value"}" in quotes.`,
    },
    key: {
      what: text`${"value"} must be ${"says"}`,
      why: text`${"description"}`,
      mend: text`Write for example ${"example"}.`,
    },
  },
  check: ({ document, issues, language, value: file }, report) => {
    const wrong = issues.filter((issue) => issue.kind === "wrong-type");
    const isGateway = language === undefined;
    const absent = wrong.length > 0 && isGateway ? notYetIn(file).filter(({ part }) => part === "key") : [];
    for (const { path, part, value, about } of wrong) {
      // What is to be left out need not be mended first.
      if (absent.some((one) => one.path.join("\0") === path.join("\0"))) continue;
      const { subject, says, description, example } = about;
      const isPlain = typeof value === "number" || typeof value === "boolean";
      const guess = typeof value === "string" ? didYouMean(value, about.words) : undefined;
      const holes = { subject, says, description, example, found: describe(value) };
      if (path.length === 0) report(language ?? (isProject(document) ? "project" : "file"), { path }, holes);
      else if (part === "key") report("key", { path, part }, { ...holes, value: String(value) });
      else if (isPlain && wantsText(says)) report("quotes", { path }, { ...holes, value: String(value) }, quoted);
      else if (guess) report("word", { path }, { ...holes, guess }, sameButForCase(guess));
      else report("value", { path }, holes);
    }
  },
});

const isProject = ({ file }: GatewayDocument): boolean => /(^|[\\/])sluice\.yaml$/.test(file);

/** As it is written, for YAML would read 007 as 7. */
const quoted = (written: string): string => `"${written}"`;

const sameButForCase =
  (guess: string): Fix =>
  (written) =>
    written.toLowerCase() === guess.toLowerCase() ? guess : undefined;

function wantsText(says: string): boolean {
  return says === "text" || says === "text of one line";
}

function describe(value: Json): string {
  if (value === null) return "left empty";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (isMap(value)) return Object.keys(value).length === 0 ? "an empty map" : "a map";
  if (typeof value === "string")
    return value === "" ? "empty text" : `the text ${value.length > 40 ? `${value.slice(0, 39)}…` : value}`;
  return typeof value === "number" ? `the number ${value}` : `${value}`;
}

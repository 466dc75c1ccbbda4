import type { SyntaxCode } from "../parse";
import { defineRule, type Message, text } from "../rule";

const nothingRead = text`Nothing else of the file was looked at.`;

export const yamlSyntax = defineRule({
  id: "SL001",
  name: "yaml-syntax",
  severity: "error",
  messages: {
    empty: {
      what: text`the file is empty`,
      why: text`A gateway file says what the target is and what it allows.`,
      mend: text`Start with version: 1 and name: NAME; the files in gateways/ are examples.`,
    },
    load: {
      what: text`the file is empty`,
      why: text`A load file says what comes in, and how the target behaves.`,
      mend: text`Write for example arrivals: 5/s; the files in loads/ are examples.`,
    },
    "several-documents": {
      what: text`a second document begins here`,
      why: text`One file is one gateway.`,
      mend: text`Put each gateway into a file of its own and remove the ---.`,
    },
    "duplicate-key": {
      what: text`${"text"} is here twice`,
      why: text`Only one of the two could count, and a reader would not know which.`,
      mend: text`Remove one of them.`,
    },
    tab: {
      what: text`a tab at the start of a line`,
      why: text`YAML indents with spaces only; a tab has no width that all programs agree on.`,
      mend: text`Replace the tab with spaces.`,
    },
    "merge-key": {
      what: text`merge keys (<<) are not part of the language`,
      why: text`YAML 1.2 has none, and tools disagree on which value wins.`,
      mend: text`Write the keys out, or use an anchor and an alias for a whole value.`,
    },
    alias: {
      what: text`${"text"} has no anchor`,
      why: text`An alias stands for the value that was named with & above it.`,
      mend: text`Name the value above with &, or write it out here.`,
    },
    "alias-cycle": {
      what: text`${"text"} stands inside of what it stands for`,
      why: text`The value would have no end.`,
      mend: text`Write the value out here.`,
    },
    "too-long": {
      what: text`the file is longer than 500,000 characters`,
      why: text`No gateway needs as many, and nothing of it was looked at.`,
      mend: text`Split the gateway; what is no gateway file belongs into another folder.`,
    },
    "too-large": {
      what: text`the file stands for more than 100,000 values`,
      why: text`No gateway needs as many; aliases of aliases multiply.`,
      mend: text`Remove aliases, or split the gateway.`,
    },
    "too-deep": {
      what: text`the file is nested more than 100 levels deep`,
      why: nothingRead,
      mend: text`Remove levels; a gateway needs about five, a request schema some more.`,
    },
    key: {
      what: text`${"text"} cannot be a key`,
      why: text`Keys are plain words.`,
      mend: text`Write a word before the colon. A value that begins with { or [ wants quotes.`,
    },
    number: {
      what: text`${"text"} is not a number of JSON`,
      why: text`The gateway's configuration is JSON, which has finite numbers only.`,
      mend: text`Write a finite number, or put it in quotes if text is meant.`,
    },
    tag: {
      what: text`tags like ${"text"} are not part of the language`,
      why: text`Values are text, numbers, true, false, null, lists and maps.`,
      mend: text`Remove the tag.`,
    },
    indentation: {
      what: text`the indentation fits nothing above it`,
      why: nothingRead,
      mend: text`Align the line with the keys that it belongs to, or close the bracket that is open above it.`,
    },
    unclosed: {
      what: text`something begins here and does not end as it should`,
      why: text`A quote or a bracket is open, an escape is none, or a list stands among keys. Nothing else of the file was looked at.`,
      mend: text`Close the quote or bracket; in double quotes write \\ for a backslash; give a list a key of its own.`,
    },
    "plain-text": {
      what: text`a text that YAML reads otherwise than it looks`,
      why: text`A value that holds a colon and a space, or that begins with one of @ % & * ! | > { [, needs quotes; a line that is indented deeper than the one above continues it.`,
      mend: text`Put the value in quotes, or align the next line with this one.`,
    },
    reference: {
      what: text`a reference among braces needs quotes`,
      why: text`In a map or a list in brackets YAML takes the brace of ${"text"} for the start of another map.`,
      mend: text`Write "${"text"}" in quotes.`,
    },
    broken: {
      what: text`this is not YAML`,
      why: nothingRead,
      mend: text`Look at quotes, colons and indentation here and on the line above.`,
    },
  } satisfies Record<SyntaxCode | "load", Message>,
  check: ({ document, language }, report) => {
    for (const { code, range, text } of document.faults)
      report(
        code === "empty" ? (language ?? code) : code,
        { path: [], range },
        { text },
        code === "reference" ? (written) => `"${written}"` : undefined,
      );
  },
});

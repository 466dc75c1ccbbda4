import { defineRule, text } from "../rule";

export const nameNotFile = defineRule({
  id: "SL011",
  name: "name-not-file",
  severity: "warning",
  messages: {
    differs: {
      what: text`the file is called ${"file"}`,
      why: text`Who looks for gateway ${"name"} looks for ${"name"}.yaml.`,
      mend: text`Rename the file to ${"name"}.yaml, or the gateway to ${"stem"}.`,
    },
  },
  check: ({ document, draft, environment, instance }, report) => {
    const file = document.file.split(/[\\/]/).at(-1) ?? document.file;
    const stem = file.replace(/\.(yaml|yml)$/i, "");
    // Text from standard input has no file name to compare with.
    if (
      environment !== undefined ||
      instance !== undefined ||
      draft.name === undefined ||
      stem === file ||
      stem === draft.name
    )
      return;
    report("differs", { path: ["name"] }, { file, name: draft.name, stem });
  },
});

import { execFileSync } from "node:child_process";
import { shellWord, typedProgram } from "../src/typed-program";

test.each([
  ["/clone/node_modules/.bin/sluice", "npx sluice"],
  ["/usr/local/bin/sluice", "sluice"],
  ["/clone/packages/cli/bin/sluice.js", "node packages/cli/bin/sluice.js"],
  ["/else where/sluice.js", "node '/else where/sluice.js'"],
])("a program started as %s is typed as %s", (script, typed) => {
  expect(typedProgram(script, "/clone")).toBe(typed);
});

test.each(["plain", '{"a":"it\'s $HOME `x` \\\\ \\"!"}', "", "a b", "'", "*", "~", "line\nline"])(
  "a POSIX shell reads %j as it was",
  (text) => {
    expect(execFileSync("sh", ["-c", `printf %s ${shellWord(text)}`], { encoding: "utf8" })).toBe(text);
  },
);

import { didYouMean } from "../did-you-mean";
import { isMap, valueAt } from "../merge-patch";
import { type Path, showPath } from "../parse";

import { defineRule, type Fix, text } from "../rule";
import type { Json } from "../units";

export const unknownKey = defineRule({
  id: "SL002",
  name: "unknown-key",
  severity: "error",
  messages: {
    close: {
      what: text`there is no key ${"key"} ${"place"}`,
      why: text`What is not known is refused: ${"harm"}.`,
      mend: text`Did you mean ${"guess"}?`,
    },
    foreign: {
      what: text`there is no key ${"key"} ${"place"}`,
      why: text`It belongs into ${"kind"}.`,
      mend: text`${"mend"}`,
    },
    far: {
      what: text`there is no key ${"key"} ${"place"}`,
      why: text`What is not known is refused: ${"harm"}.`,
      mend: text`Remove it. The keys ${"place"}: ${"known"}.`,
    },
  },
  check: ({ issues, value, language }, report) => {
    for (const issue of issues) {
      if (issue.kind !== "unknown-key") continue;
      const { path, key, known } = issue;
      const place =
        path.length > 1
          ? `in ${showPath(path.slice(0, -1))}`
          : language === "load"
            ? "in a load file"
            : "in a gateway file";
      const harm =
        language === "load"
          ? "with a mistyped key ignored, another load would be simulated"
          : "a mistyped limit that is ignored would be no limit";
      const guess = didYouMean(key, known);
      const foreign = path.length === 1 ? FOREIGN[language ?? "gateway"].get(key) : undefined;
      if (foreign) report("foreign", { path, part: "key" }, { key, place, ...foreign });
      else if (guess)
        report("close", { path, part: "key" }, { key, place, harm, guess }, sameWords(guess, siblings(value, path)));
      else report("far", { path, part: "key" }, { key, place, harm, known: known.join(", ") });
    }
  },
});

interface Foreign {
  readonly kind: string;
  readonly mend: string;
}

const OPENAPI: Foreign = {
  kind: "an OpenAPI document",
  mend: "Make a gateway file of it: sluice import openapi FILE",
};
const LOAD: Foreign = {
  kind: "a load file",
  mend: "Simulate a gateway under it: sluice simulate GATEWAY --load FILE",
};
const GATEWAY: Foreign = {
  kind: "a gateway file",
  mend: "Name that first, and then what comes in: sluice simulate GATEWAY --load FILE",
};

/** Keys at the top by which a file of another kind is known: it was given by mistake, and removing them mends nothing. */
const FOREIGN: Readonly<Record<"gateway" | "load", ReadonlyMap<string, Foreign>>> = {
  gateway: new Map([
    ["openapi", OPENAPI],
    ["swagger", OPENAPI],
    ["arrivals", LOAD],
  ]),
  load: new Map([
    ["rateLimit", GATEWAY],
    ["endpoint", GATEWAY],
    ["openapi", OPENAPI],
    ["swagger", OPENAPI],
  ]),
};

/** `rate_limit` can only be rateLimit, unless that is there as well. */
const sameWords =
  (guess: string, taken: readonly string[]): Fix =>
  (written) =>
    bare(written) === bare(guess) && !taken.includes(guess) ? guess : undefined;

const bare = (key: string): string => key.toLowerCase().replace(/[-_ ]/g, "");

function siblings(value: Json | undefined, path: Path): string[] {
  const owner = valueAt(value, path.slice(0, -1));
  return isMap(owner) ? Object.keys(owner) : [];
}

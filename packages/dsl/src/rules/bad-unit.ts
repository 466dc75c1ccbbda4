import { defineRule, text } from "../rule";

export const badUnit = defineRule({
  id: "SL006",
  name: "bad-unit",
  severity: "error",
  messages: {
    guess: {
      what: text`${"text"} is not ${"says"}`,
      why: text`Numbers are whole and above zero, and the unit stands right behind. Units: ms, s, m, h, d.`,
      mend: text`Write ${"guess"}.`,
    },
    unclear: {
      what: text`${"text"} is not ${"says"}`,
      why: text`Numbers are whole and above zero, and the unit stands right behind. Units: ms, s, m, h, d.`,
      mend: text`Write it like ${"example"}.`,
    },
    share: {
      what: text`${"text"} is not a percentage`,
      why: text`A share is from 0% to 99%, with at most two decimals.`,
      mend: text`Write it like ${"example"}.`,
    },
  },
  check: ({ issues }, report) => {
    for (const issue of issues) {
      if (issue.kind !== "bad-unit") continue;
      const { path, text, leaf, about } = issue;
      const guess = leaf === "rate" ? guessRate(text) : guessDuration(text);
      const holes = { text, says: about.says, example: about.example };
      if (leaf === "share") report("share", { path }, holes);
      else if (guess) report("guess", { path }, { ...holes, guess }, () => (isPlain(text) ? guess : undefined));
      else report("unclear", { path }, holes);
    }
  },
});

/** A lone capital may be a slip or another unit: M is minutes to one and months to another. */
const isPlain = (text: string): boolean => !/(^|[^A-Za-z])[A-Z]$/.test(text);

const SMALLER: Readonly<Record<string, { readonly unit: string; readonly count: number }>> = {
  s: { unit: "ms", count: 1_000 },
  m: { unit: "s", count: 60 },
  h: { unit: "m", count: 60 },
  d: { unit: "h", count: 24 },
};

/** What was most likely meant: `2 min` is 2m, `1.5s` is 1500ms. */
function guessDuration(text: string): string | undefined {
  const [, number = "", word = ""] = /^([0-9]+(?:\.[0-9]+)?)\s*([a-z]+)\.?$/i.exec(text) ?? [];
  const unit = unitOf(word);
  const value = Number.parseFloat(number);
  if (unit === undefined || !(value > 0)) return undefined;
  if (Number.isInteger(value)) return `${value}${unit}`;
  const smaller = SMALLER[unit];
  const smallerValue = smaller && Number((value * smaller.count).toFixed(6));
  return smaller && Number.isInteger(smallerValue) ? `${smallerValue}${smaller.unit}` : undefined;
}

/** `5 per second` is 5/s, `600 / 5 min` is 600/5m. */
function guessRate(text: string): string | undefined {
  const [, calls = "", count = "", word = ""] =
    /^([1-9][0-9]{0,6})\s*(?:\/|per|an?|in|every)\s*([1-9][0-9]{0,5})?\s*([a-z]+)\.?$/i.exec(text) ?? [];
  const unit = unitOf(word);
  return unit && `${calls}/${count === "1" ? "" : count}${unit}`;
}

function unitOf(word: string): string | undefined {
  // M and m are one letter to the careless, so a lone capital is read as its small one.
  const found = Object.entries(UNIT_WORDS).find(([, words]) => words.includes(word.toLowerCase()));
  return found?.[0];
}

const UNIT_WORDS: Readonly<Record<string, readonly string[]>> = {
  ms: ["ms", "msec", "msecs", "millis", "millisecond", "milliseconds"],
  s: ["s", "sec", "secs", "second", "seconds"],
  m: ["m", "min", "mins", "minute", "minutes"],
  h: ["h", "hr", "hrs", "hour", "hours"],
  d: ["d", "day", "days"],
};

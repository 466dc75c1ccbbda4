import { wantedNames } from "../names";
import { defineRule, text } from "../rule";
import { areSound } from "../subject";

export const nameTooLong = defineRule({
  id: "SL058",
  name: "name-too-long",
  severity: "warning",
  messages: {
    cut: {
      what: text`too long together with the gateway's name`,
      why: text`${"name"} has ${"chars"} characters, and AWS allows ${"maxChars"} for the name of ${"of"}. It is cut, with a hash at its end${"others"}: who looks for the whole name in AWS does not find it.`,
      mend: text`Shorten the environment's name or the gateway's by ${"over"}.`,
    },
  },
  check: (subject, report) => {
    const { draft, environment, project } = subject;
    // Names that somebody chose are not to be cut at all: bad-naming speaks.
    if (project?.settings?.naming !== undefined) return;
    if (!areSound(subject, ["name", "tiers", "environments"]) || draft.name === undefined || draft.tiers === undefined)
      return;
    const tiers = draft.tiers.map(({ name }) => name);
    const cut = wantedNames(draft.name, environment, tiers).filter(({ name, maxChars }) => name.length > maxChars);
    const overOf = (one: (typeof cut)[number]) => one.name.length - one.maxChars;
    const [first, ...rest] = cut.sort((one, other) => overOf(other) - overOf(one));
    if (!first) return;
    const others = rest.length > 0 ? `, and so are those of ${rest.map((one) => one.of).join(", ")}` : "";
    // Without an environment no name comes near what AWS allows: a gateway's has 40 characters, a tier's 20.
    const path = environment === undefined ? ["name"] : ["environments", environment];
    const over = overOf(first) === 1 ? "one character" : `${overOf(first)} characters`;
    report("cut", { path, part: "key" }, { ...first, chars: first.name.length, others, over });
  },
});

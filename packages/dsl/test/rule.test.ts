import { parseGateway } from "@sluice/dsl";
import { defineRule, text } from "../src/rule";
import { readSubject } from "../src/subject";

const rule = defineRule({
  id: "SL999",
  name: "example",
  severity: "warning",
  messages: {
    late: { what: text`${"who"} is late`, why: text`It costs ${"price"}.`, mend: text`Go earlier.` },
  },
  check: (_, report) => {
    report("late", { path: ["name"] }, { who: "the bus", price: 2 });
    // @ts-expect-error a hole that is left open does not compile
    if (Number.isNaN(0)) report("late", { path: ["name"] }, { who: "the bus" });
    // @ts-expect-error nor does a message that the rule does not have
    if (Number.isNaN(0)) report("early", { path: ["name"] }, {});
  },
});

test("a rule's messages are templates, filled where it reports", () => {
  const [finding] = rule.find(readSubject(parseGateway("name: a", "a.yaml")));
  expect(finding).toEqual({
    file: "a.yaml",
    range: [6, 7],
    path: ["name"],
    rule: "SL999",
    name: "example",
    severity: "warning",
    message: "the bus is late. It costs 2.",
    what: "the bus is late",
    why: "It costs 2.",
    hint: "Go earlier.",
  });
});

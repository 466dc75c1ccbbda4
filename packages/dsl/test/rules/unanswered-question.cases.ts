import { parseGateway } from "@sluice/dsl";
import { RULES } from "../../src/rules/all";
import { readSubject } from "../../src/subject";
import { expectFinding, expectNothing, lint, wholeFile } from "../source";

test("a limit that is a question is found, with where limits are written down and how to write one", () => {
  const finding = expectFinding("unanswered-question", 'rateLimit: ~~~"?"~~~ # ask: …', { hint: "600/5m" });
  expect(finding.hint).toContain("X-RateLimit");
});

test("a question is one finding: nothing else is said about its place", () => {
  for (const snippet of ['rateLimit: "?"', "tiers: [{ name: HIGH, timeout: '?' }]", 'concurrency: " ? "'])
    expect(lint(wholeFile(snippet)).map(({ name }) => name)).toEqual(["unanswered-question"]);
});

test("an address that is a question is no bad address", () => {
  const drawn = 'endpoint: { adapter: http, url: ~~~"?"~~~ }';
  expectFinding("unanswered-question", drawn, { hint: "https://" });
  expect(lint(wholeFile(drawn.replaceAll("~~~", ""))).map(({ name }) => name)).toEqual(["unanswered-question"]);
});

test("a question elsewhere says what the place takes", () => {
  expectFinding("unanswered-question", "jitter: ~~~'?'~~~", { hint: "a duration with its unit, for example 50ms" });
});

test("an environment may ask too", () => {
  expectFinding("unanswered-question", 'environments: { staging: { rateLimit: ~~~"?"~~~ } }');
});

test("a question mark in a text is a text", () => {
  expectNothing("unanswered-question", 'description: "?"\nowner: "who?"');
  expectNothing("unanswered-question", 'rateLimit: "5?"');
});

test("no rule but this one speaks of a question", () => {
  const subject = readSubject(parseGateway(wholeFile('rateLimit: "?"'), "gateways/test.yaml"));
  const speaking = RULES.filter((rule) => rule.find(subject).length > 0).map(({ name }) => name);
  expect(speaking).toEqual(["unanswered-question"]);
});

import { expectFinding, expectNothing } from "../source";

test("a list where one value is meant is found", () => {
  expectFinding("wrong-type", "concurrency: ~~~[4]~~~", { message: "It is a list" });
});

test("a mistyped word of a few is found, and the right one named", () => {
  expectFinding("wrong-type", "operations: { read: { method: ~~~GTE~~~, path: /x } }", { hint: "Did you mean GET?" });
});

test("a number where text is meant is told to want quotes", () => {
  expectFinding("wrong-type", "owner: ~~~42~~~", { hint: 'Write "42" in quotes.' });
});

test("a number outside of its range is found with the range", () => {
  expectFinding("wrong-type", "concurrency: ~~~201~~~", { message: "from 1 to 200" });
});

test("a mistyped kind of authentication is found alone, without what the other kinds would want", () => {
  const text = "endpoint: { adapter: http, url: https://x.org, auth: { type: ~~~baisc~~~, username: a } }";
  expectFinding("wrong-type", text, { message: "one of basic, bearer, apiKey", hint: "Did you mean basic?" });
  expectNothing("unknown-key", text.replaceAll("~~~", ""));
});

test("a map's wrong value is found in the map, not in the list that could stand there too", () => {
  expectFinding("wrong-type", "outcomes: { rejected: { status: [~~~4004~~~] } }", { message: "item 1 of status" });
});

test("a status that is not in a list is found", () => {
  expectFinding("wrong-type", "outcomes: { rejected: ~~~404~~~ }", { hint: "[404]" });
});

test("a key left empty is found", () => {
  expectFinding("wrong-type", "~~~timeouts~~~:", { message: "left empty" });
});

test("an operation's name with a blank is found at the key", () => {
  expectFinding("wrong-type", "operations: { ~~~read it~~~: { path: /x } }", {
    message: "letters, digits and hyphens",
  });
});

test("a file that is a list is found", () => {
  expectFinding("wrong-type", "~~~-~~~ name: x\n", { whole: true, message: "A gateway file is a map" });
});

test("no operation at all is found", () => {
  expectFinding("wrong-type", "operations: ~~~{}~~~", { message: "an empty map" });
});

test("another version of the language is found", () => {
  expectFinding("wrong-type", "version: ~~~2~~~", { message: "version must be 1" });
});

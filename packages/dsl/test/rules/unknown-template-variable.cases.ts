import { expectFinding, expectNothing } from "../source";

const operation = (path: string, request: string) => `operations: { read: { path: "${path}", request: ${request} } }`;

test("a variable that the request does not have is found, and the right one named", () => {
  expectFinding(
    "unknown-template-variable",
    operation("/a/{~~~numbr~~~}{?page}", "{ properties: { number: {}, page: {} } }"),
    { hint: "Did you mean number?" },
  );
});

test("a variable that resembles none gets the list of those that exist", () => {
  expectFinding("unknown-template-variable", operation("/a{?b,~~~city~~~}", "{ properties: { b: {}, no: {} } }"), {
    hint: "use one of: b, no",
  });
});

test("a prefix or an explosion is not part of the name", () => {
  expectNothing("unknown-template-variable", operation("/a/{b:3}{?c*}", "{ properties: { b: {}, c: {} } }"));
});

test("nothing is said where the request's properties are not listed", () => {
  expectNothing("unknown-template-variable", operation("/a/{b}", "{ type: object }"));
});

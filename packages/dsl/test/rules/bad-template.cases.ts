import { expectFinding, expectNothing } from "../source";

const path = (text: string) => `operations: { read: { path: "${text}" } }`;

test.each([
  ["~~~c~~~ompany", "Write /company."],
  ["/a/~~~{~~~b", "Add the }."],
  ["/a~~~}~~~/b", "Add the {"],
  ["/a/~~~{}~~~", "Name a property"],
  ["/a/~~~{+b}~~~", "{name} for a part of the path"],
  ["/a~~~{#b}~~~", "{name} for a part of the path"],
  ["/a/~~~{=b}~~~", "{?name} for the query"],
  ["/a{?b,~~~c d~~~}", "{?first,second}"],
  ["/a~~~ ~~~b", "%20"],
])("%s is no path", (drawn, hint) => {
  expectFinding("bad-template", path(drawn), { hint });
});

test("every operator that percent-encodes is good", () => {
  expectNothing("bad-template", path("/a/{b}{/c,d*}{;e}{?f:3,g}{&h}"));
  expectNothing("bad-template", path("{?a}"));
  expectNothing("bad-template", path(""));
});

import { expectFinding, expectNothing } from "../source";

test.each([
  ["hours: Mon-Fri 06:00-22:00 ~~~Europe/Londn~~~", "Europe/London"],
  ["hours: [06:00-22:00 UTC, Sat 08:00-12:00 ~~~America/NewYork~~~]", "America/New_York"],
  ["quota: { calls: 5000/d, resets: '00:00 ~~~London~~~' }", "Europe/London"],
  ["quota: { calls: 5000/d, resets: 00:00 ~~~Asia/Berlin~~~ }", "Europe/Berlin"],
  ["quota: { calls: 5000/d, resets: 00:00 ~~~Sinagpore~~~ }", "Asia/Singapore"],
  ["hours: 06:00-22:00 ~~~UTCC~~~", "UTC"],
])("%s was meant to be %s", (drawn, meant) => {
  expectFinding("unknown-zone", drawn, { hint: `Did you mean ${meant}?` });
});

test("a zone that resembles none is told what zones look like", () => {
  expectFinding("unknown-zone", "hours: 06:00-22:00 ~~~MiddleEarth/Shire~~~", {
    message: "nobody knows when 06:00-22:00 is",
    hint: "Europe/London, America/New_York; or UTC",
  });
});

test("an abbreviation is refused though Node has a zone for it, and told which", () => {
  expectFinding("unknown-zone", "hours: 06:00-22:00 ~~~BST~~~", { hint: "Asia/Dhaka if that is what you mean" });
});

test.each([
  "Europe/London",
  "UTC",
  "GMT",
  "Etc/GMT+5",
  "America/Argentina/Buenos_Aires",
  "Asia/Kolkata",
  "Europe/Kyiv",
])("%s is good", (zone) => {
  expectNothing("unknown-zone", `hours: 06:00-22:00 ${zone}\nquota: { calls: 5000/d, resets: 00:00 ${zone} }`);
});

test("times that have no shape are left to the schema", () => {
  expectNothing("unknown-zone", "hours: Mon-Fri\nquota: { calls: 5000/d, resets: midnight Nowhere }");
});

test("an environment's hours are told at their place", () => {
  const file = "hours: 06:00-22:00 UTC\nenvironments: { staging: { hours: 06:00-22:00 ~~~Europe/Londn~~~ } }";
  expectFinding("unknown-zone", file);
});

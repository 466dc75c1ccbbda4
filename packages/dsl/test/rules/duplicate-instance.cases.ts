// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to secrets look like templates
import { expectFinding, expectNothing } from "../source";

const instances = (...items: string[]) => `instances: [${items.map((item) => `{ ${item} }`).join(", ")}]`;
const key = (name: string) => `endpoint: { auth: { type: bearer, token: '\${secret:${name}}' } }`;

test("two instances of one name are found at the second", () => {
  expectFinding("duplicate-instance", instances(`name: a, ${key("a")}`, `name: ~~~a~~~, ${key("b")}`), {
    message: "There is an instance a already",
  });
});

test("two in which nothing differs are found at the second", () => {
  expectFinding("duplicate-instance", instances(`name: a, ${key("k")}`, `name: ~~~b~~~, ${key("k")}`), {
    message: "b is the same gateway as a",
  });
  expectFinding("duplicate-instance", instances("name: a", "name: ~~~b~~~"));
});

test("a patch that says what the file says changes nothing", () => {
  expectFinding("duplicate-instance", `rateLimit: 5/s\n${instances("name: a", "name: ~~~b~~~, rateLimit: 5/s")}`);
});

test("one that changes nothing is the file as it is, which is good beside others", () => {
  expectNothing("duplicate-instance", instances("name: a", `name: b, ${key("b")}`));
});

test("two that an environment makes the same are found there", () => {
  const list = "[{ name: a }, { name: ~~~b~~~ }]";
  const file = instances(`name: a, ${key("a")}`, `name: b, ${key("b")}`);
  expectFinding("duplicate-instance", `${file}\nenvironments: { staging: { instances: ${list} } }`);
});

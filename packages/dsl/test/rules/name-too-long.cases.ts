import { expectFinding, expectNothing } from "../source";

const name = (length: number) => "n".repeat(length);

test("an environment whose worker could not bear its whole name is a warning", () => {
  // sluice- 7, the gateway 40, - 1, the environment 10, -worker 7: 65
  const file = `name: ${name(40)}\nenvironments: { ~~~eeeeeeeeee~~~: { rateLimit: 1/s } }`;
  const finding = expectFinding("name-too-long", file, {
    file: "x.yaml",
    message: `sluice-${name(40)}-eeeeeeeeee-worker has 65 characters, and AWS allows 64`,
    hint: "by one character",
  });
  expect(finding.severity).toBe("warning");
});

test("everything that is cut is named", () => {
  const file = `name: ${name(40)}\nenvironments: { ~~~eeeeeeeeeeeeeeeeeeee~~~: {} }\ntiers: [{ name: ${name(20)}, timeout: 1m }]`;
  expectFinding("name-too-long", file, {
    message: `and so are those of the sweep's schedule, the queue of ${name(20)}`,
    hint: "by 11 characters",
  });
});

test("a name of exactly as many characters as AWS allows is good", () => {
  expectNothing("name-too-long", `name: ${name(40)}\nenvironments: { eeeeeeeee: {} }`);
});

test("without an environment every gateway's names fit", () => {
  expectNothing("name-too-long", `name: ${name(40)}\ntiers: [{ name: ${name(20)}, timeout: 1m }]`);
});

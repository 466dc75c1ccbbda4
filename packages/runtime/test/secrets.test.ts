// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the braces of the gateway file's language
import { type Micros, seconds, us } from "@sluice/dsl";
import type { AwsCall } from "../src/aws-call";
import { createSecrets } from "../src/secrets";

/** Secrets Manager that may fail, a clock that stands, and the memory between. */
function world(values: Record<string, string>) {
  let now = us(0);
  let asked = 0;
  let failing: string | undefined;
  const call: AwsCall = async (service, operation, input) => {
    asked += 1;
    const { SecretId: name } = input as { SecretId: string };
    if (failing !== undefined) throw Object.assign(new Error("no luck"), { name: failing });
    const value = values[name];
    if (value === undefined) throw Object.assign(new Error("not found"), { name: "ResourceNotFoundException" });
    expect([service, operation]).toEqual(["secretsmanager", "GetSecretValue"]);
    return { SecretString: value };
  };
  return {
    secrets: createSecrets(call, { now: () => now }),
    asked: () => asked,
    pass: (time: Micros) => {
      now = us(now + time);
    },
    fail: (name: string | undefined) => {
      failing = name;
    },
  };
}

test("text without a reference needs no secret", async () => {
  const { secrets, asked } = world({});
  expect(await secrets.fill("plain $text {x}")).toBe("plain $text {x}");
  expect(asked()).toBe(0);
});

test("several references in one text are all filled in, their values as they are", async () => {
  const { secrets } = world({ a: "$1$&", b: '{"x":"\\"q\\""}' });
  expect(await secrets.fill("<${secret:a}|${secret:b#x}|${secret:a}>")).toBe('<$1$&|"q"|$1$&>');
});

test("all who ask at once share one read, and its value serves for five minutes", async () => {
  const { secrets, asked, pass } = world({ a: "v" });
  await Promise.all([secrets.fill("${secret:a}"), secrets.fill("${secret:a}"), secrets.fill("x${secret:a}")]);
  pass(seconds(299));
  await secrets.fill("${secret:a}");
  expect(asked()).toBe(1);
  pass(seconds(2));
  await secrets.fill("${secret:a}");
  expect(asked()).toBe(2);
});

test("a value that is known goes on serving while Secrets Manager is in trouble", async () => {
  const { secrets, pass, fail, asked } = world({ a: "v" });
  await secrets.fill("${secret:a}");
  pass(seconds(301));
  fail("InternalServiceError");
  expect(await secrets.fill("${secret:a}")).toBe("v");
  expect(await secrets.fill("${secret:a}")).toBe("v");
  expect(asked()).toBe(2);
});

test.each(["ResourceNotFoundException", "AccessDeniedException"])("a value is not served after %s", async (name) => {
  const { secrets, pass, fail } = world({ a: "v" });
  await secrets.fill("${secret:a}");
  pass(seconds(301));
  fail(name);
  await expect(secrets.fill("${secret:a}")).rejects.toMatchObject({ name: "NotSent", reason: "unavailable" });
});

test("a read that failed is tried again by the next who asks", async () => {
  const { secrets, fail } = world({ a: "v" });
  fail("InternalServiceError");
  await expect(secrets.fill("${secret:a}")).rejects.toThrow(
    "the secret a could not be read (InternalServiceError: no luck).",
  );
  fail(undefined);
  expect(await secrets.fill("${secret:a}")).toBe("v");
});

test("secrets that were read are taken out of texts, also where they are encoded", async () => {
  const { secrets } = world({ a: 'p"ss wörd', b: "abc" });
  await secrets.fill("${secret:a}${secret:b}");
  expect(secrets.redact('p"ss wörd, "p\\"ss wörd", p%22ss%20w%C3%B6rd, abc')).toBe('***, "***", ***, abc');
});

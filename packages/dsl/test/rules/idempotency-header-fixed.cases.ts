import { expectFinding, expectNothing } from "../source";

const order = (more: string) =>
  `operations: { order: { method: POST, path: /x, idempotency: { header: Request-Id }${more} } }`;
const endpoint = (headers: string) => `endpoint: { adapter: http, url: https://x.org, headers: { ${headers} } }`;

test("a fixed value for the idempotency header is found, whatever the case of its letters", () => {
  expectFinding("idempotency-header-fixed", order(", headers: { ~~~request-id~~~: x }"), {
    message: "request-id is the idempotency header of order",
    hint: "Remove it here",
  });
});

test("it is found among the headers of every call too, with each operation that it is for", () => {
  const operations =
    "operations: { a: { path: /a, idempotency: { header: Id } }, b: { path: /b, idempotency: { header: Id } } }";
  expectFinding("idempotency-header-fixed", `${endpoint("~~~Id~~~: x")}\n${operations}`, { message: "of a, b" });
});

test("another header, and another operation's, are good", () => {
  expectNothing("idempotency-header-fixed", order(", headers: { Accept: x }"));
  const other = "operations: { a: { path: /a, idempotency: { header: Id } }, b: { path: /b, headers: { Id: x } } }";
  expectNothing("idempotency-header-fixed", other);
});

test("in an environment it is found in the patch", () => {
  expectFinding(
    "idempotency-header-fixed",
    `${order("")}\nenvironments: { a: { operations: { order: { headers: { ~~~Request-Id~~~: x } } } } }`,
  );
});

import { expectFinding, expectNothing } from "../source";

test("a call that usually takes as long as it may is found, with a timeout that leaves room", () => {
  const file = "timeouts: { response: 10s }\noperations: { report: { path: /x, latency: ~~~10s~~~ } }";
  expectFinding("latency-above-response", file, {
    message: "after 10 s (timeouts.response)",
    hint: "for example to 20s",
  });
});

test("a latency below the timeout is good, stated or not", () => {
  expectNothing("latency-above-response", "timeouts: { response: 10s }\noperations: { a: { path: /x, latency: 9s } }");
  expectNothing("latency-above-response", "operations: { a: { path: /x } }");
});

test("where no timeout is long enough, another way is named", () => {
  expectFinding("latency-above-response", "operations: { a: { path: /x, latency: ~~~8m~~~ } }", {
    hint: "longer than 7 min",
  });
});

test("the timeout that the file does not state is 10 s", () => {
  expectFinding("latency-above-response", "operations: { a: { path: /x, latency: ~~~12s~~~ } }");
});

test("an environment that waits less is found there", () => {
  const file = "timeouts: { response: 30s }\noperations: { a: { path: /x, latency: 20s } }";
  expectFinding("latency-above-response", `${file}\nenvironments: { ~~~a~~~: { timeouts: { response: 15s } } }`);
});

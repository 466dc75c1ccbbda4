import { expectFinding, expectNothing } from "../source";

const answer = (code: string, quote = '"') => `operations: { read: { path: /x, answer: ${quote}${code}${quote} } }`;

test("an expression without its braces is found", () => {
  expectFinding("bad-expression", "operations: { read: { path: /x, answer: ~~~$body.x~~~ } }", { message: "in {% %}" });
});

test("an expression that ends too early is found at its end", () => {
  expectFinding("bad-expression", answer("{% $body.name +~~~ ~~~%}"), { message: "ends too early" });
});

test("a token that cannot stand where it does is found there", () => {
  expectFinding("bad-expression", answer("{% $body ~~~name~~~ %}"), { message: "cannot stand here" });
});

test("a brace that is missing is named", () => {
  expectFinding("bad-expression", answer("{% { 'a': $body.x~~~ ~~~%}"), { message: "} is missing" });
});

test("an expression in which YAML needed escapes is found as a whole", () => {
  expectFinding("bad-expression", 'operations: { read: { path: /x, answer: ~~~"{% \\"a %}"~~~ } }', {
    message: "not closed",
  });
});

test("a variable that nothing defines is found, and the right one named", () => {
  expectFinding("bad-expression", answer("{% ~~~$boddy~~~.name %}"), { hint: "Did you mean $body?" });
});

test("a body is made before there is an answer to read", () => {
  const file = 'operations: { send: { method: POST, path: /x, body: "{% ~~~$status~~~ %}" } }';
  expectFinding("bad-expression", file, { message: "reads $request, $context" });
});

test("the expression of an outcome is checked too", () => {
  expectFinding("bad-expression", 'outcomes: { rejected: { when: "{% ~~~$stats~~~ = 400 %}" } }', { hint: "$status" });
});

test("own variables, parameters, bindings and functions of JSONata are defined", () => {
  const code =
    "{% ( $f := function($x) { $x.a }; $map($body.items@$i#$n, $f); $$.a; $; $status ~> $string; $i & $n ) %}";
  expectNothing("bad-expression", answer(code));
});

import { expectFinding, expectNothing } from "../source";

const operations = (probe: string, ...others: string[]) =>
  ["operations:", `file: { method: POST, path: /x, onUnknown: { probe: ${probe} } }`, ...others].join("\n  ");

test("a probe that is no operation is found, with the one that was meant", () => {
  expectFinding("bad-probe", operations("~~~statsu~~~", "status: { path: /s }"), { hint: "Did you mean status?" });
});

test("where none is meant, those that there are are named", () => {
  expectFinding("bad-probe", operations("~~~look~~~", "status: { path: /s }"), { hint: "name one of: status" });
  expectFinding("bad-probe", operations("~~~look~~~"), { hint: "or write onUnknown: fail" });
  const act = "pay: { method: POST, path: /p }";
  expectFinding("bad-probe", operations("~~~look~~~", act), { hint: "or write onUnknown: fail" });
});

test("an operation cannot ask itself", () => {
  expectFinding("bad-probe", operations("~~~file~~~"), { message: "file would ask itself" });
});

test("a probe that changes something is found", () => {
  expectFinding("bad-probe", operations("~~~drop~~~", "drop: { method: DELETE, path: /s }"), {
    message: "drop is a DELETE",
    hint: "only reads",
  });
});

test("a probe by POST is good only where the target drops repeats", () => {
  expectFinding("bad-probe", operations("~~~find~~~", "find: { method: POST, path: /s }"), {
    message: "a second time",
  });
  expectNothing("bad-probe", operations("find", "find: { method: POST, path: /s, idempotency: { header: K } }"));
});

test("a probe with a probe of its own is found", () => {
  const others = ["status: { path: /s, onUnknown: { probe: log } }", "log: { path: /l }"];
  expectFinding("bad-probe", operations("~~~status~~~", ...others), { hint: "Name log here" });
});

test("a read is a good probe, and of other adapters the method says nothing", () => {
  expectNothing("bad-probe", operations("status", "status: { path: /s }"));
  const sql = "endpoint: { adapter: sql, engine: mysql, host: h, database: d }";
  const both = "a: { statement: x, onUnknown: { probe: b } }, b: { statement: y, method: POST }";
  expectNothing("bad-probe", `${sql}\noperations: { ${both} }`);
});

test("a probe that an environment removes is found there", () => {
  const file = operations("status", "status: { path: /s }");
  expectFinding("bad-probe", `${file}\nenvironments: { ~~~a~~~: { operations: { status: null } } }`, {
    message: "there is no operation status",
  });
});

test("names that every map has are no operations", () => {
  expectFinding("bad-probe", operations("~~~constructor~~~"), { message: "here is no operation constructor" });
});

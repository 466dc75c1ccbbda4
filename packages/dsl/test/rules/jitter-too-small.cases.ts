import { expectFinding, expectNothing } from "../source";

test("a jitter below 5 ms is less than a process keeps", () => {
  expectFinding("jitter-too-small", "jitter: ~~~4ms~~~", { hint: "at least 5ms" });
});

test("5 ms are good", () => {
  expectNothing("jitter-too-small", "jitter: 5ms");
});

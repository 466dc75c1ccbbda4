import { expectFinding, expectNothing } from "../source";

test("more than 150 calls a second are more than one worker does", () => {
  expectFinding("rate-too-fast", "rateLimit: ~~~151/s~~~", { message: "151 calls a second", hint: "150/s" });
  expectFinding("rate-too-fast", "rateLimit: ~~~10000/m~~~", { message: "166.7 calls a second" });
});

test("150 a second are not", () => {
  expectNothing("rate-too-fast", "rateLimit: 150/s");
  expectNothing("rate-too-fast", "rateLimit: 9000/m");
});

import { expectFinding, expectNothing } from "../source";

const operation = (rest: string) => `operations: { report: { path: /report, ${rest} } }`;

test("open calls that are too few for the limit are a warning with both figures", () => {
  // 2 calls of 2 s are 1 a second; 5/s gives 5 / 1.02 s = 4.9; and 4.9 * 2 s = 9.8 open calls
  const finding = expectFinding("concurrency-below-rate", `concurrency: ~~~2~~~\n${operation("latency: 2s")}`, {
    message: "2 open calls can do 1 of the 4.9 calls a second that 5/s gives",
    hint: "Write at least 10, or leave concurrency out, if the target allows it; if not, lower rateLimit to 1/s.",
  });
  expect(finding.severity).toBe("warning");
});

test("as many as the hint names are good", () => {
  expectNothing("concurrency-below-rate", `concurrency: 10\n${operation("latency: 2s")}`);
});

test("the limit that the hint names is good", () => {
  expectNothing("concurrency-below-rate", `rateLimit: 1/s\nconcurrency: 2\n${operation("latency: 2s")}`);
});

test("slow limits are told by the minute and the hour", () => {
  expectFinding("concurrency-below-rate", `rateLimit: 30/m\nconcurrency: ~~~1~~~\n${operation("latency: 10s")}`, {
    message: "1 open call can do 6 of the 29.7 calls a minute that 30/m gives",
    hint: "lower rateLimit to 6/m",
  });
  expectFinding("concurrency-below-rate", `rateLimit: 30/h\nconcurrency: ~~~1~~~\n${operation("latency: 5m")}`, {
    message: "12 of the 29.7 calls an hour",
  });
});

test("more open calls than a gateway can keep are not asked for", () => {
  expectFinding("concurrency-below-rate", `rateLimit: 100/s\nconcurrency: ~~~200~~~\n${operation("latency: 10s")}`, {
    hint: "No gateway keeps more than 200 calls open: lower rateLimit to 20/s",
  });
});

test("one operation that is fast enough is enough: what is called most decides", () => {
  const operations = "operations: { report: { path: /r, latency: 20s }, read: { path: /x, latency: 100ms } }";
  expectNothing("concurrency-below-rate", `concurrency: 2\n${operations}`);
});

test("of several that are all too slow the fastest is named", () => {
  const operations = "operations: { report: { path: /r, latency: 20s }, read: { path: /x, latency: 2s } }";
  expectFinding("concurrency-below-rate", `concurrency: ~~~2~~~\n${operations}`, {
    message: "A call of read takes 2 s and holds its place at the target for so long, and no other operation is faster",
  });
});

test("an operation that does not say how long it takes may be fast enough", () => {
  expectNothing(
    "concurrency-below-rate",
    "concurrency: 2\noperations: { a: { path: /a, latency: 20s }, b: { path: /b } }",
  );
});

test("a dear call uses up more of the limit in its time", () => {
  // 5/s with calls that count for 5 are one unit in (1 s + 20 ms) / 1, a call in 5.1 s; 2 open calls of 4 s are one in 2 s
  expectNothing("concurrency-below-rate", `concurrency: 2\n${operation("latency: 4s, cost: 5")}`);
});

test("of several limits the one with the lowest rate is what can be reached", () => {
  expectNothing("concurrency-below-rate", `rateLimit: [600/m, 3600/h]\nconcurrency: 2\n${operation("latency: 2s")}`);
  expectFinding(
    "concurrency-below-rate",
    `rateLimit: [600/m, 7200/h]\nconcurrency: ~~~2~~~\n${operation("latency: 2s")}`,
    {
      hint: "lower rateLimit to what is really reached",
    },
  );
});

test("nothing is said of a file that states no concurrency, or no limit", () => {
  expectNothing("concurrency-below-rate", operation("latency: 20s"));
  expectNothing("concurrency-below-rate", `concurrency: 1\n${operation("latency: 20s")}`, { without: ["rateLimit"] });
});

test("an environment with fewer open calls is told at its place", () => {
  const file = `concurrency: 10\n${operation("latency: 2s")}\nenvironments: { staging: { concurrency: ~~~1~~~ } }`;
  expectFinding("concurrency-below-rate", file);
});

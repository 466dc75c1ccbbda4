import { expectFinding, expectNothing } from "../source";

const tiers = (...timeouts: string[]) =>
  `tiers: [${timeouts.map((timeout, rank) => `{ name: T${rank}, timeout: ${timeout} }`).join(", ")}]`;
const pause = (text: string) => `outcomes: { throttled: { status: [429], pause: ${text} } }`;

test("a pause that leaves too little of every timeout is a warning", () => {
  // of 2 min a pause of 110 s leaves 10 s, which is all that one call may take
  const finding = expectFinding("pause-beyond-timeout", `${tiers("2m", "1m")}\n${pause("~~~110s~~~")}`, {
    message: "The longest timeout is 2 min, of tier T0",
    hint: "above 2m",
  });
  expect(finding.severity).toBe("warning");
});

test("the tiers that it is too long for are named", () => {
  expectFinding("pause-beyond-timeout", `${tiers("1m", "2m", "1h")}\n${pause("~~~3m~~~")}`, {
    message: "Throttled requests of T0, T1 expire",
    hint: "above 190s",
  });
});

test("a pause that every timeout outlives is good", () => {
  expectNothing("pause-beyond-timeout", `${tiers("2m", "1m")}\n${pause("49s")}`);
});

test("nothing is said of a pause that the file does not state", () => {
  expectNothing("pause-beyond-timeout", tiers("30s"));
});

test("a pause counts no longer than maxPause lets it", () => {
  expectNothing("pause-beyond-timeout", `${tiers("2m")}\n${pause("30m, maxPause: 1m")}`);
});

test("an environment's pause is found in its patch", () => {
  const file = `${tiers("2m")}\n${pause("10s")}`;
  expectFinding(
    "pause-beyond-timeout",
    `${file}\nenvironments: { a: { outcomes: { throttled: { pause: ~~~5m~~~ } } } }`,
  );
});

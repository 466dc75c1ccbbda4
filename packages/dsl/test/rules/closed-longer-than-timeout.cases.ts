import { expectFinding, expectNothing } from "../source";

const WEEKDAYS = "hours: Mon-Fri 06:00-22:00 Europe/London";
const tiers = (patient: string) => `tiers: [{ name: HIGH, timeout: 2m }, { name: BATCH, timeout: ${patient} }]`;

test("a weekend that no tier outlasts is a warning with its length", () => {
  // Friday 22:00 to Monday 06:00: 2 + 24 + 24 + 6 = 56 h, one more when clocks are set back, and one to be called in
  const finding = expectFinding("closed-longer-than-timeout", `${WEEKDAYS}\n${tiers("~~~24h~~~")}`, {
    message:
      "No request outlasts the 56 h in which the target is closed. Outside of hours requests wait, and BATCH, the most patient tier, waits 24 h:",
    hint: "Write at least 58h",
  });
  expect(finding.severity).toBe("warning");
});

test("one tier that outlasts it is enough", () => {
  expectNothing("closed-longer-than-timeout", `${WEEKDAYS}\n${tiers("57h")}`);
  expectNothing("closed-longer-than-timeout", `${WEEKDAYS}\n${tiers("58h")}`);
});

test("a night counts where no day is closed", () => {
  expectNothing("closed-longer-than-timeout", `hours: 06:00-22:00 UTC\n${tiers("9h")}`);
  expectFinding("closed-longer-than-timeout", `hours: 06:30-22:00 UTC\n${tiers("~~~8h~~~")}`, {
    message: "8 h 30 min",
    hint: "10h",
  });
});

test("hours of several items are open together", () => {
  const hours = "hours: [Mon-Fri 06:00-22:00 UTC, 'Sat,Sun 08:00-12:00 UTC']";
  // Saturday 12:00 to Sunday 08:00 are 20 h
  expectNothing("closed-longer-than-timeout", `${hours}\n${tiers("21h")}`);
  expectFinding("closed-longer-than-timeout", `${hours}\n${tiers("~~~20h~~~")}`, { message: "the 20 h" });
});

test("hours that end on the next day keep the week's last night open", () => {
  // Sunday 22:00 to Monday 06:00 is open; the longest closed time is 06:00 to 22:00
  expectFinding("closed-longer-than-timeout", `hours: 22:00-06:00 UTC\n${tiers("~~~10h~~~")}`, { message: "the 16 h" });
});

test.each(["~~~00:00-24:00 UTC~~~", "~~~08:00-08:00 UTC~~~", "~~~[00:00-12:00 UTC, 12:00-24:00 UTC]~~~"])(
  "hours of %s never close",
  (hours) => {
    expectFinding("closed-longer-than-timeout", `hours: ${hours}`, { message: "These hours never close" });
  },
);

test("an item that opens nothing which the others do not is found", () => {
  expectFinding("closed-longer-than-timeout", "hours: [06:00-22:00 UTC, ~~~Mon 08:00-12:00 UTC~~~]", {
    message: "open then by other hours already",
  });
});

test("of two items that are the same the second is found", () => {
  expectFinding("closed-longer-than-timeout", "hours: [06:00-22:00 UTC, ~~~06:00-22:00 UTC~~~]");
});

test("items that only overlap are good", () => {
  expectNothing("closed-longer-than-timeout", "hours: [06:00-22:00 UTC, Mon 20:00-23:00 UTC]");
});

test("hours of several zones are not compared", () => {
  const hours = "hours: [Mon 06:00-07:00 Europe/London, Mon 06:00-07:00 America/New_York]";
  expectNothing("closed-longer-than-timeout", hours);
});

test("an environment with other hours is told", () => {
  const file = `hours: 06:00-22:00 UTC\nenvironments: { ~~~staging~~~: { hours: Mon-Fri 06:00-22:00 UTC } }`;
  expectFinding("closed-longer-than-timeout", file, {
    message: "In environment staging, no request outlasts the 56 h",
  });
});

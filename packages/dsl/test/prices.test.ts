import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PRICES, PRICES_REGION } from "@sluice/dsl";

const PAGE = readFileSync(join(__dirname, "../../../docs/explain.md"), "utf8");

test("every price names the page that it was read from, and that page's date if it has one", () => {
  expect(PRICES_REGION).toBe("us-east-1");
  for (const { usd, per, source, date } of Object.values(PRICES)) {
    expect(usd).toBeGreaterThan(0);
    expect(per).toBeGreaterThanOrEqual(1);
    expect(source).toMatch(/^https:\/\//);
    if (date !== undefined) expect(new Date(date).toISOString().slice(0, 10)).toBe(date);
  }
});

test("docs/explain.md lists the prices as they are", () => {
  const rows = Object.values(PRICES).map(
    ({ usd, per, unit, source, date }) =>
      `| $${usd} | ${String(per).replaceAll(/\B(?=(\d{3})+$)/g, ",")} ${unit} | ${date ?? "none"} | ${source} |`,
  );
  for (const row of rows) expect(PAGE).toContain(row);
});

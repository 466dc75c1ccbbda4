import vm from "node:vm";
import { parseHTML } from "linkedom";
import uPlot from "uplot";
import { renderSimulationPage } from "../../src/print/simulation-page";
import type { SimulationReport } from "../../src/simulate/simulation-report";
import { newSession } from "../session";
import { LOAD, SHOP } from "../simulate-text";

let report: SimulationReport;
beforeAll(async () => {
  const session = newSession();
  await session.write("shop.yaml", SHOP);
  await session.write("load.yaml", LOAD);
  const { stdout } = await session.run("simulate shop.yaml --load load.yaml --for 20s --format json");
  report = JSON.parse(stdout);
  session.close();
}, 60_000);

/** Two versions side by side, here the same one twice. */
const compared = (): SimulationReport => {
  const [run] = report.runs;
  if (run === undefined) throw new Error("nothing was simulated");
  return { ...report, runs: [{ ...run, ref: "main" }, run], differences: [] };
};

interface Plot {
  readonly labels: readonly string[];
  readonly dashes: readonly boolean[];
  readonly data: readonly (readonly (number | null)[])[];
  readonly place: Element;
}

/** Runs the page's own script in a document, with a stand-in for the drawing alone: everything up to it is the page's. */
function opened(page: string) {
  const { document } = parseHTML(page);
  const plots: Plot[] = [];
  class Drawing {
    static readonly join = uPlot.join;
    static readonly paths = uPlot.paths;
    constructor(
      { series }: { series: { label: string; dash?: number[] }[] },
      readonly data: Plot["data"],
      place: Element,
    ) {
      const lines = series.slice(1);
      plots.push({ labels: lines.map(({ label }) => label), dashes: lines.map(({ dash }) => !!dash), data, place });
    }
    setSize() {}
    redraw() {}
    setCursor() {}
    valToPos = () => 0;
  }
  const script = document.querySelector('script[type="module"]')?.textContent ?? "";
  vm.runInNewContext(script, {
    document,
    uPlot: Drawing,
    HTMLElement: Object.getPrototypeOf(document.createElement("div").constructor),
    getComputedStyle: () => ({ getPropertyValue: () => "#000" }),
    matchMedia: () => ({ addEventListener: () => undefined }),
    addEventListener: () => undefined,
    ResizeObserver: class {
      observe() {}
    },
  });
  return { document, plots };
}

test("the page loads nothing: no address in it leads anywhere", () => {
  const page = renderSimulationPage(report);
  const { document } = parseHTML(page);
  const loading = "script[src], link, img, iframe, object, embed, audio, video, source, a[href], form, base";
  expect([...document.querySelectorAll(loading)]).toEqual([]);
  expect([...document.querySelectorAll("meta[http-equiv]")]).toEqual([]);
  // Of what scripts and styles could ask for, there is no way to ask.
  expect(page).not.toMatch(/\bfetch\(|XMLHttpRequest|WebSocket|EventSource|sendBeacon|importScripts|@import|url\(/);
  const code = [...document.querySelectorAll("script:not([type='application/json']), style")].map(
    (one) => one.textContent,
  );
  for (const address of code.join("\n").match(/https?:\/\/[^\s"')]+/g) ?? [])
    expect(address).toMatch(/^https:\/\/github\.com\/leeoniya\/uPlot/); // whose it is, in its comment
});

test("the page says which file, load, seed and version, and shows the figures as tables", () => {
  const { document } = parseHTML(renderSimulationPage(report));
  const facts = [...document.querySelectorAll("dl.facts div")].map((one) => one.textContent?.replace(/\s+/g, " "));
  expect(facts).toEqual(
    expect.arrayContaining(["Fileshop.yaml", "Loadload.yaml", "Seed1", "Simulated20 s", "Limit3 calls in any 1 s"]),
  );
  const rows = [...document.querySelectorAll("table.figures tbody th")].map((cell) => cell.textContent);
  expect(rows).toEqual(expect.arrayContaining(["HIGH", "BATCH", "state transitions", "in all"]));
  const told = ["header", "main", "footer"].map((part) => document.querySelector(part)?.textContent).join(" ");
  expect(told).not.toMatch(/undefined|NaN|\[object/);
});

test.each(["en-US@posix", "de-DE"])(
  "the plots are drawn also where the browser's language is called %s",
  (language) => {
    const { document } = parseHTML(renderSimulationPage(report));
    const [before = "", library = ""] = [...document.querySelectorAll("script:not([type])")].map(
      (script) => script.textContent ?? "",
    );
    const nothing = () => undefined;
    const events = { CustomEvent: Event, addEventListener: nothing, dispatchEvent: nothing };
    const screen = { devicePixelRatio: 1, matchMedia: () => ({ addEventListener: nothing }) };
    const context = vm.createContext({ document, navigator: { language }, Intl, ...events, ...screen });
    vm.runInContext(`window = globalThis; ${before}`, context);
    expect(vm.runInContext(`new Intl.NumberFormat(navigator.language).format(1)`, context)).toBe("1");
    vm.runInContext(library, context);
    expect(vm.runInContext("typeof uPlot", context)).toBe("function");
  },
);

test("every plot is drawn from the figures of the run, by tier", () => {
  const { plots, document } = opened(renderSimulationPage(report));
  expect(plots.map(({ labels }) => labels)).toEqual([
    ["HIGH", "BATCH"],
    ["HIGH p99", "HIGH p50", "BATCH p99", "BATCH p50"],
    ["HIGH", "HIGH, ideal", "BATCH", "BATCH, ideal"],
    ["calls in the trailing window", "the limit"],
    ["succeeded"],
  ]);
  const [waiting, , , limit] = plots;
  const [run] = report.runs;
  expect(waiting?.data[2]).toEqual(run?.series.tiers[1]?.mostWaiting);
  expect(waiting?.data[0]).toHaveLength(run?.series.steps ?? 0);
  expect(Math.max(...(limit?.data[1] ?? []).map(Number))).toBe(3);
  expect(new Set(limit?.data[2])).toEqual(new Set([3]));
  expect([...document.querySelectorAll("figure")].map(({ id }) => id)).toEqual([
    ...["waiting", "waits", "percentiles", "limit", "ends"],
  ]);
});

test("each plot can be reached by the keyboard, has a name, and its figures as a table when it is opened", () => {
  const { document } = opened(renderSimulationPage(report));
  for (const figure of document.querySelectorAll("figure")) {
    expect(figure.getAttribute("tabindex")).toBe("0");
    expect(figure.getAttribute("aria-label")).toMatch(/Arrow keys move the marker\.$/);
    const details = figure.parentElement?.querySelector("details");
    expect(details?.querySelector("table")).toBeNull();
    details?.dispatchEvent(new (document.defaultView as unknown as typeof globalThis).Event("toggle"));
    expect(details?.querySelectorAll("tbody tr").length).toBeGreaterThan(5);
  }
});

test("two versions are drawn over each other, the one that is compared with dashed", () => {
  const { plots, document } = opened(renderSimulationPage(compared()));
  expect(plots[0]).toMatchObject({
    labels: ["HIGH, main", "BATCH, main", "HIGH, here", "BATCH, here"],
    dashes: [true, true, false, false],
  });
  expect(document.querySelector("h2")?.textContent).toBe("Side by side");
});

test("where nothing waited, a sentence stands in the plot's place", () => {
  const [run] = report.runs;
  if (run === undefined) throw new Error("nothing was simulated");
  const idle = {
    ...run.series,
    tiers: run.series.tiers.map((tier) => ({ ...tier, mostWaiting: tier.asked.map(() => 0) })),
  };
  const { document } = opened(renderSimulationPage({ ...report, runs: [{ ...run, series: idle }] }));
  expect(document.querySelector("#waiting .chart")?.textContent).toBe("No request had to wait for another.");
});

test("names cannot break out of the page", () => {
  const evil = "</script><img src=x onerror=alert(1)>";
  const { document } = parseHTML(renderSimulationPage({ ...report, load: evil }));
  expect(document.querySelector("img")).toBeNull();
  expect(JSON.parse(document.getElementById("data")?.textContent ?? "{}").load).toBe(evil);
  expect(document.querySelector("h1")?.textContent).toBe(`shop under ${evil}`);
});

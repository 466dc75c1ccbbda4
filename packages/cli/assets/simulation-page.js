/// <reference lib="dom" />
// The page's own script: draws the plots of the data that lies in the page. It loads nothing.
// @ts-check

/** @type {any} */
const uPlot = /** @type {any} */ (globalThis).uPlot;

/**
 * @typedef {import("../src/simulate/simulation-report").SimulationReport} Report
 * @typedef {import("../src/simulate/report").RunReport} Run
 * @typedef {{ label: string, values: (number | null)[], color: string, isDashed?: boolean, isFilled?: boolean, isStepped?: boolean }} Line
 * @typedef {{ xs: number[], lines: Line[] }} Group
 */

/** @type {Report} */
const report = JSON.parse(document.getElementById("data")?.textContent ?? "{}");
const { runs } = report;
const isComparison = runs.length > 1;
/** The file itself comes last. */
const current = runs.length - 1;

const TIER_COLORS = 5;
const END_COLORS = {
  succeeded: "--tier-3",
  throttled: "--tier-5",
  unavailable: "--tier-4",
  unknown: "--tier-1",
  rejected: "--bad",
  expired: "--tier-2",
  other: "--soft",
};

/** @param {string} name */
const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** @param {number} rank */
const tierColor = (rank) => `--tier-${(rank % TIER_COLORS) + 1}`;

/** @param {number} index */
const runLabel = (index) => {
  const { file, ref } = runs[index] ?? { file: "" };
  if (ref !== undefined) return ref;
  if (runs.some((run) => run.ref !== undefined)) return "here";
  const names = runs.map((run) => run.file.split(/[\\/]/).at(-1) ?? "");
  return new Set(names).size === names.length ? (names[index] ?? "") : file;
};

/** @param {string} what @param {number} run */
const labelled = (what, run) => (isComparison ? `${what}, ${runLabel(run)}` : what);

const UNITS = /** @type {const} */ ([
  ["d", 86_400],
  ["h", 3_600],
  ["min", 60],
  ["s", 1],
]);

/** Seconds for people: the largest unit, and the next one where it is not nothing. @param {number | null} seconds */
function showSeconds(seconds) {
  if (seconds === null || seconds === undefined || Number.isNaN(seconds)) return "–";
  if (seconds < 0.000_5) return "0";
  if (seconds < 1) return `${Number((seconds * 1_000).toPrecision(3))} ms`;
  if (seconds < 60) return `${Number(seconds.toPrecision(3))} s`;
  const at = UNITS.findIndex(([, length]) => seconds >= length);
  const [unit, length] = UNITS[at] ?? UNITS[3];
  const [nextUnit, nextLength] = UNITS[at + 1] ?? UNITS[3];
  const whole = Math.floor(seconds / length);
  const rest = Math.round((seconds - whole * length) / nextLength);
  if (rest * nextLength >= length) return `${whole + 1} ${unit}`;
  return rest === 0 ? `${whole} ${unit}` : `${whole} ${unit} ${rest} ${nextUnit}`;
}

/** @param {number | null} value */
const showCount = (value) =>
  value === null || value === undefined ? "–" : String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ",");

/** Where the steps of a run end, in seconds. @param {Run} run */
const timesOf = ({ series, simulatedUs }) =>
  Array.from({ length: series.steps }, (_, index) =>
    Math.min(((index + 1) * series.stepUs) / 1e6, Math.max(simulatedUs / 1e6, ((index + 0.5) * series.stepUs) / 1e6)),
  );

/** @param {(run: Run, index: number) => Line[]} linesOf @returns {Group[]} */
const groups = (linesOf) => runs.map((run, index) => ({ xs: timesOf(run), lines: linesOf(run, index) }));

/** @param {readonly (number | null)[]} values */
const inSeconds = (values) => values.map((value) => (value === null ? null : Math.max(value, 1) / 1e6));

const TIME_INCREMENTS = [
  ...[0.1, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200],
  ...[86_400, 172_800, 432_000, 864_000, 1_728_000, 4_320_000, 8_640_000],
];
const LOG_SPLITS = [1e-3, 1e-2, 0.1, 1, 10, 60, 600, 3_600, 36_000, 86_400, 864_000, 8_640_000];

const timeAxis = {
  ...{ incrs: TIME_INCREMENTS, space: 70 },
  values: (/** @type {any} */ _, /** @type {number[]} */ splits) =>
    splits.map((one) => (one === 0 ? "0" : showSeconds(one))),
};

const countAxis = {
  ...{
    size: 64,
    incrs: [1, 2, 5].flatMap((one) => Array.from({ length: 9 }, (_, power) => one * 10 ** power)).sort((a, b) => a - b),
  },
  values: (/** @type {any} */ _, /** @type {number[]} */ splits) => splits.map(showCount),
};

const logAxis = {
  ...{ size: 64, filter: (/** @type {any} */ _, /** @type {number[]} */ splits) => splits },
  splits: (/** @type {any} */ _, /** @type {number} */ __, /** @type {number} */ min, /** @type {number} */ max) =>
    LOG_SPLITS.filter((one) => one >= min * 0.999 && one <= max * 1.001),
  values: (/** @type {any} */ _, /** @type {number[]} */ splits) => splits.map(showSeconds),
};

/** From the power of ten below to that above. @param {any} _ @param {number} min @param {number} max */
const logRange = (_, min, max) => {
  const low = LOG_SPLITS.filter((one) => one <= min).at(-1) ?? LOG_SPLITS[0];
  const high = LOG_SPLITS.find((one) => one >= max) ?? LOG_SPLITS.at(-1);
  return low === high ? [low, (high ?? 1) * 10] : [low, high];
};

/** @param {number} least */
const fromZero = (least) => (/** @type {any} */ _, /** @type {number} */ __, /** @type {number} */ max) => [
  0,
  Math.max(least, (max ?? 0) * 1.06),
];

/**
 * @param {string} id
 * @param {Group[]} given
 * @param {{ y: object, yAxis: object, xAxis?: object, show: (value: number | null) => string, showX?: (value: number) => string, nothing: string, isTime?: boolean }} options
 */
function draw(id, given, { y, yAxis, xAxis = timeAxis, show, showX = showSeconds, nothing, isTime = true }) {
  const figure = document.getElementById(id);
  const place = figure?.querySelector(".chart");
  if (!figure || !(place instanceof HTMLElement)) return;
  const lines = given.flatMap((group) => group.lines);
  if (!lines.some(({ values }) => values.some((value) => value !== null && value > 0))) {
    place.textContent = nothing;
    place.style.minHeight = "0";
    return;
  }
  const data = uPlot.join(given.map(({ xs, lines: own }) => [xs, ...own.map(({ values }) => values)]));
  const axis = (/** @type {object} */ more) => ({
    ...{
      stroke: () => css("--soft"),
      font: "12px system-ui, sans-serif",
      ticks: { stroke: () => css("--line"), width: 1, size: 5 },
    },
    ...{ grid: { stroke: () => css("--grid"), width: 1 } },
    ...more,
  });
  const plot = new uPlot(
    {
      ...{ width: Math.max(240, place.clientWidth), height: 240, padding: [12, 30, 0, 0] },
      scales: { x: { time: false }, y },
      cursor: { ...(isTime && { sync: { key: "time" } }), drag: { x: true, y: false }, points: { size: 7 } },
      legend: { live: true },
      series: [
        {
          label: isTime ? "time" : "of the requests",
          value: (/** @type {any} */ _, /** @type {number | null} */ at) => (at === null ? "–" : showX(at)),
        },
        ...lines.map(({ label, color, isDashed, isFilled, isStepped }) => ({
          ...{ label, spanGaps: false, width: isDashed ? 1.5 : 2, points: { show: true, size: 4, filter: alone } },
          stroke: () => css(color),
          ...(isDashed && { dash: [6, 4] }),
          ...(isFilled && { fill: () => `color-mix(in srgb, ${css(color)} 12%, transparent)` }),
          ...(isStepped && { paths: uPlot.paths.stepped({ align: -1 }) }),
          value: (/** @type {any} */ _, /** @type {number | null} */ value) => show(value),
        })),
      ],
      axes: [axis(xAxis), axis(yAxis)],
    },
    data,
    place,
  );
  new ResizeObserver(() => plot.setSize({ width: Math.max(240, place.clientWidth), height: 240 })).observe(place);
  plots.push(plot);
  withKeys(figure, plot, lines, { show, showX, data });
  withTable(figure, lines, { show, showX, data, title: isTime ? "time" : "of the requests" });
}

/**
 * Values that no line leads to, which only a point can show.
 *
 * @param {any} plot @param {number} series
 */
function alone(plot, series) {
  /** @type {(number | null | undefined)[]} */
  const values = plot.data[series];
  const isValue = (/** @type {number} */ at) => values[at] !== null && values[at] !== undefined;
  return values.flatMap((_, at) => (isValue(at) && !isValue(at - 1) && !isValue(at + 1) ? [at] : []));
}

/** @type {any[]} */
const plots = [];

/**
 * Arrow keys move the marker, and what is under it is said aloud.
 *
 * @param {HTMLElement} figure @param {any} plot @param {Line[]} lines
 * @param {{ show: (value: number | null) => string, showX: (value: number) => string, data: (number | null)[][] }} shown
 */
function withKeys(figure, plot, lines, { show, showX, data }) {
  const said = figure.querySelector("[aria-live]");
  const [xs = []] = data;
  let at = -1;
  figure.addEventListener("keydown", (event) => {
    const big = Math.max(1, Math.round(xs.length / 20));
    const step = { ArrowRight: 1, ArrowLeft: -1, PageUp: big, PageDown: -big, Home: -xs.length, End: xs.length }[
      event.key
    ];
    if (step === undefined || event.target !== figure) return;
    event.preventDefault();
    at = Math.max(0, Math.min(xs.length - 1, at + step));
    const x = xs[at] ?? 0;
    plot.setCursor({ left: plot.valToPos(x, "x"), top: 0 });
    if (said)
      said.textContent = `${showX(x)}: ${lines.map(({ label }, index) => `${label} ${show(data[index + 1]?.[at] ?? null)}`).join(", ")}`;
  });
}

/** @param {"th" | "td"} kind @param {readonly string[]} texts */
function row(kind, texts) {
  const cells = texts.map((text) => {
    const cell = document.createElement(kind);
    if (kind === "th") cell.setAttribute("scope", "col");
    cell.textContent = text;
    return cell;
  });
  const line = document.createElement("tr");
  line.append(...cells);
  return line;
}

/**
 * The figures as a table, made when somebody opens it.
 *
 * @param {HTMLElement} figure @param {Line[]} lines
 * @param {{ show: (value: number | null) => string, showX: (value: number) => string, data: (number | null)[][], title: string }} shown
 */
function withTable(figure, lines, { show, showX, data, title }) {
  const details = figure.parentElement?.querySelector("details");
  const place = details?.querySelector(".scroll");
  details?.addEventListener("toggle", () => {
    if (!place || place.childElementCount > 0) return;
    const table = document.createElement("table");
    table.className = "figures";
    const head = row("th", [title, ...lines.map(({ label }) => label)]);
    const rows = (data[0] ?? []).map((x, at) =>
      row("td", [showX(x ?? 0), ...lines.map((_, index) => show(data[index + 1]?.[at] ?? null))]),
    );
    for (const [part, inside] of /** @type {const} */ ([
      ["thead", [head]],
      ["tbody", rows],
    ])) {
      const place = document.createElement(part);
      place.append(...inside);
      table.append(place);
    }
    place.append(table);
  });
}

/** @param {(tier: Run["series"]["tiers"][number]) => { what: string, values: readonly (number | null)[], isDashed?: boolean }[]} linesOf @returns {Group[]} */
const byTier = (linesOf) =>
  groups((run, index) =>
    run.series.tiers.flatMap((tier, rank) =>
      linesOf(tier)
        .filter(({ values }) => values.some((value) => value !== null && value > 0))
        .map(({ what, values, isDashed }) => ({
          ...{ label: labelled(what, index), values: [...values], color: tierColor(rank) },
          isDashed: isDashed || index !== current,
        })),
    ),
  );

draw(
  "waiting",
  byTier(({ tier, mostWaiting }) => [{ what: tier, values: mostWaiting }]),
  {
    ...{ y: { range: fromZero(1) }, yAxis: countAxis, show: showCount, nothing: "No request had to wait for another." },
  },
);

draw(
  "waits",
  byTier(({ tier, waitP99Us, waitP50Us }) =>
    isComparison
      ? [{ what: `${tier} p99`, values: inSeconds(waitP99Us) }]
      : [
          { what: `${tier} p99`, values: inSeconds(waitP99Us) },
          { what: `${tier} p50`, values: inSeconds(waitP50Us), isDashed: true },
        ],
  ),
  { y: { distr: 3, range: logRange }, yAxis: logAxis, show: showSeconds, nothing: "No request was called." },
);

const PERCENT_TITLES =
  runs[current]?.tiers.find(({ waits }) => waits)?.waits?.percentiles.map(([percent]) => percent) ?? [];

draw(
  "percentiles",
  runs.map((run, index) => ({
    xs: PERCENT_TITLES.map((_, place) => place),
    lines: run.tiers.flatMap(({ tier, waits, ideal }, rank) => [
      ...(waits
        ? [
            {
              ...{ label: labelled(tier, index), color: tierColor(rank), isDashed: index !== current },
              values: inSeconds(waits.percentiles.map(([, wait]) => wait)),
            },
          ]
        : []),
      ...(ideal && !isComparison
        ? [
            {
              ...{ label: `${tier}, ideal`, color: tierColor(rank), isDashed: true },
              values: inSeconds(ideal.percentiles.map(([, wait]) => wait)),
            },
          ]
        : []),
    ]),
  })),
  {
    ...{
      y: { distr: 3, range: logRange },
      yAxis: logAxis,
      show: showSeconds,
      nothing: "No request was called.",
      isTime: false,
    },
    showX: (at) => `${PERCENT_TITLES[at] ?? ""} %`,
    xAxis: {
      ...{ space: 36, splits: () => PERCENT_TITLES.map((_, place) => place) },
      values: (/** @type {any} */ _, /** @type {number[]} */ splits) =>
        splits.map((at) => `${PERCENT_TITLES[at] ?? ""}`),
      ...{ label: "% of the requests", labelSize: 20, labelFont: "12px system-ui, sans-serif", labelGap: 0 },
    },
  },
);

draw(
  "limit",
  groups((run, index) => [
    {
      ...{ label: labelled("calls in the trailing window", index), values: [...run.series.mostInWindow] },
      ...{
        color: index === current ? "--tier-2" : "--tier-3",
        isDashed: index !== current,
        isFilled: !isComparison,
        isStepped: true,
      },
    },
    ...(run.limit.calls === undefined
      ? []
      : [
          {
            label: labelled("the limit", index),
            values: run.series.calls.map(() => run.limit.calls ?? null),
            color: "--bad",
            isDashed: index !== current,
          },
        ]),
  ]),
  {
    y: { range: fromZero(1) },
    yAxis: countAxis,
    show: showCount,
    nothing: "This gateway has no limit of calls in a window.",
  },
);

draw(
  "ends",
  groups((run, index) =>
    Object.entries(run.series.ends)
      .filter(([, values]) => values.some((value) => value > 0))
      .map(([end, values]) => ({
        ...{ label: labelled(end, index), values: [...values], isDashed: index !== current, isStepped: true },
        color: END_COLORS[/** @type {keyof typeof END_COLORS} */ (end)] ?? "--ink",
      })),
  ),
  { y: { range: fromZero(1) }, yAxis: countAxis, show: showCount, nothing: "No request ended." },
);

const redraw = () => {
  for (const plot of plots) plot.redraw(false, true);
};
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
// On paper colours are those for white.
addEventListener("beforeprint", () => {
  document.documentElement.classList.add("printing");
  redraw();
});
addEventListener("afterprint", () => {
  document.documentElement.classList.remove("printing");
  redraw();
});

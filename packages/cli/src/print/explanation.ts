import { type CostFact, type Explanation, showCount, showDollars, showWhole, type WaitsFact } from "@sluice/dsl";
import type { Colors } from "../io";
import { renderTable, type TableOptions } from "./table";
import { wrap } from "./words";

/** Lays out tables and paragraphs within a width. */
interface Page {
  table(options: Omit<TableOptions, "width">): string;
  text(paragraph: string): string;
  title(words: string): string;
}

/** What the compiler derived, for people: the most important sentences, then everything with its reason. */
export function renderExplanation(explanation: Explanation, colors: Colors, width: number): string {
  const page: Page = {
    table: (options) => renderTable({ ...options, width }, colors),
    text: (paragraph) => wrap(paragraph, width),
    title: (words) => `\n${colors.bold(wrap(words, width))}`,
  };
  const { gateway, environment, description, owner, summary } = explanation;
  const about = [description, owner && `owner: ${owner}`].filter((text) => text !== undefined && text !== "");
  return [
    colors.bold(environment === undefined ? gateway : `${gateway} in ${environment}`),
    ...about.map((text) => page.text(String(text))),
    ...summary.map(page.text),
    ...numbers(explanation, page, colors),
    ...tiers(explanation, page),
    ...waits(explanation, page),
    ...queues(explanation, page),
    ...outcomes(explanation, page),
    ...operations(explanation, page),
    ...costs(explanation.cost, page),
  ].join("\n");
}

const numbers = ({ facts }: Explanation, page: Page, colors: Colors): string[] => [
  page.title("Numbers"),
  page.table({
    head: ["number", "value", "why"],
    rows: facts.map(({ name, value, why }) => [name, colors.bold(value), why]),
  }),
];

const tiers = (explanation: Explanation, page: Page): string[] => [
  page.title("Tiers"),
  page.table({
    head: ["tier", "timeout", "its share"],
    rows: explanation.tiers.map(({ name, timeout, share, isDefault }) => [
      name,
      timeout,
      isDefault ? `${share} (the default tier)` : share,
    ]),
  }),
];

function waits({ waits: fact }: Explanation, page: Page): string[] {
  if (fact === undefined) return [];
  const { formula, loads, split } = fact;
  const rows = (loads[0]?.tiers ?? []).map(({ tier }, rank) => [
    tier,
    ...loads.map((load) => load.tiers[rank]?.wait ?? ""),
  ]);
  return [
    page.title("Mean waits, from asking to the start of the call"),
    page.table({ head: ["tier", ...loads.map(({ name }) => name)], rows }),
    page.text([`By ${formula}: ${split}.`, ...backlogSentences(fact)].join(" ")),
    page.text(LEFT_OUT_OF_WAITS),
  ];
}

/** What comes in beside the backlog, and what the shares of lower tiers may cost the highest. */
function backlogSentences({ loads, backlogSplit }: WaitsFact): string[] {
  const backlog = loads.at(-1);
  const highest = backlog?.tiers[0]?.tier;
  if (backlogSplit === undefined || highest === undefined) return [];
  const shares =
    backlog?.highestAtMost === undefined
      ? `When every lower tier takes its share, ${highest} does not keep up.`
      : `There the shares of lower tiers can raise the mean wait of ${highest}, to ${backlog.highestAtMost} at most.`;
  return [`In the last column ${backlogSplit}.`, shares];
}

const LEFT_OUT_OF_WAITS =
  "Left out: the call's own time, about 50 ms from asking to the worker, and an interval more when a worker starts anew. Requests that come in bursts wait longer than these, which come independently of each other.";

function queues({ queues: facts, drains, tiers: all }: Explanation, page: Page): string[] {
  const hasShares = drains.some(({ byShare }) => byShare !== undefined);
  const alone = all.length === 1;
  const [{ share } = { share: undefined }] = drains;
  return [
    page.title("How many requests can wait before the last one expires"),
    page.table({
      head: ["tier", "may wait for", alone ? "requests" : "other tiers idle", ...(alone ? [] : ["other tiers busy"])],
      rows: facts.map(({ tier, longestWait, canWaitAlone, canWaitByShare }) => [
        tier,
        longestWait,
        showWhole(canWaitAlone),
        ...(alone ? [] : [showWhole(canWaitByShare)]),
      ]),
      rightAligned: [2, 3],
    }),
    page.title("How long a backlog takes"),
    page.table({
      head: [
        "requests",
        alone ? "time" : "other tiers idle",
        ...(hasShares ? [`by a share of ${showCount((share ?? 0) * 100)} %`] : []),
      ],
      rows: drains.map((drain) => [
        showWhole(drain.requests),
        drain.alone,
        ...(hasShares ? [drain.byShare ?? ""] : []),
      ]),
      rightAligned: [0],
    }),
  ];
}

const outcomes = (explanation: Explanation, page: Page): string[] => [
  page.title("What happens after a call"),
  page.table({
    head: ["outcome", "what counts as it", "what follows"],
    rows: explanation.outcomes.map(({ outcome, means, follows }) => [outcome, means, follows]),
  }),
];

const operations = (explanation: Explanation, page: Page): string[] => [
  page.title("Operations"),
  page.table({
    head: ["operation", "call", "may it be repeated"],
    rows: explanation.operations.map(({ name, call, latency, repeatable, why }) => [
      name,
      latency === undefined ? call : `${call} in about ${latency}`,
      `${repeatable ? "yes" : "no"}: ${why}`,
    ]),
  }),
  "",
  page.table({
    head: ["operation", "what callers give", "what is sent", "what they get"],
    rows: explanation.operations.map(({ name, request, sends, answer }) => [name, request, sends, answer]),
  }),
];

function costs(cost: CostFact, page: Page): string[] {
  const { lines, monthly, region, pricesFrom, pricesUntil, comparison, leftOut } = cost;
  return [
    page.title("Cost of a million requests, in US dollars"),
    page.table({
      head: ["part", "many: each", "a million", "single: each", "a million"],
      rows: [
        ...lines.map((line) => [
          line.name,
          showCount(line.fullPerRequest),
          showDollars(line.fullUsdPerMillion),
          showCount(line.sparsePerRequest),
          showDollars(line.sparseUsdPerMillion),
        ]),
        ["in all", "", showDollars(cost.fullUsdPerMillion), "", showDollars(cost.sparseUsdPerMillion)],
      ],
      rightAligned: [1, 2, 3, 4],
    }),
    page.text(
      "Many: requests always wait, in the lowest tier. Single: requests come one by one, and each wakes the worker. Each: how many of it one request uses.",
    ),
    "",
    page.table({ head: ["part", "why"], rows: lines.map(({ name, why }) => [name, why]) }),
    page.title("Cost of the gateway itself, a month"),
    page.table({
      head: ["part", "a month", "why"],
      rows: [
        ...monthly.map(({ name, usdPerMonth, why }) => [name, showDollars(usdPerMonth), why]),
        ["in all", showDollars(cost.usdPerMonth), ""],
      ],
      rightAligned: [1],
    }),
    page.text(comparison),
    page.text(
      `Prices of ${region}, from pages dated ${pricesFrom} to ${pricesUntil}: docs/explain.md lists them. ${leftOut}`,
    ),
  ];
}

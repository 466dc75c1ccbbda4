/**
 * What AWS charges, in US dollars, for what a gateway uses. The only place with prices; {@link PRICES_REGION} is the region.
 * Free tiers and discounts by volume are left out: what is here is what one more costs.
 *
 * A price's date is the date of the page that it was read from, not the day of reading; `undefined` is a page without one.
 * AWS's own pages show most prices by script, which leaves none in the text: those were read from others' pages, which
 * are named.
 */
export interface Price {
  readonly usd: number;
  /** What so many dollars buy so many of. */
  readonly per: number;
  readonly unit: string;
  /** The page it was read from. */
  readonly source: string;
  /** ISO 8601 date that the page bears. */
  readonly date: string | undefined;
}

export const PRICES_REGION = "us-east-1";

const MILLION = 1_000_000;

const SQS_PAGE = "https://cloudburn.io/blog/amazon-sqs-pricing";
const LAMBDA_PAGE = "https://git.mcrn.ar/mariano/lambda_local_runner/src/branch/main/docs/lambdas-md/lambda-13-cost.md";
const DYNAMODB_PAGE = "https://airbyte.com/data-engineering-resources/dynamodb-pricing";
const FARGATE_PAGE = "https://www.vantage.sh/blog/fargate-pricing";

export const PRICES = {
  transition: {
    usd: 0.025,
    per: 1_000,
    unit: "state transitions of a standard workflow",
    source: "https://aws.amazon.com/step-functions/pricing/",
    date: undefined,
  },
  publish: {
    usd: 0.3,
    per: MILLION,
    unit: "publishes to an SNS FIFO topic",
    source: "https://www.factualminds.com/blog/amazon-sns-pricing-publishes-fanout-protocols/",
    date: "2026-06-13",
  },
  standardRequest: {
    usd: 0.4,
    per: MILLION,
    unit: "requests to SQS standard queues",
    source: SQS_PAGE,
    date: "2026-03-14",
  },
  fifoRequest: { usd: 0.5, per: MILLION, unit: "requests to SQS FIFO queues", source: SQS_PAGE, date: "2026-03-14" },
  invocation: { usd: 0.2, per: MILLION, unit: "Lambda invocations", source: LAMBDA_PAGE, date: "2026-05-11" },
  gbSecond: {
    usd: 0.0000133334,
    per: 1,
    unit: "GB-seconds of Lambda on arm64",
    source: LAMBDA_PAGE,
    date: "2026-05-11",
  },
  write: { usd: 0.625, per: MILLION, unit: "DynamoDB write request units", source: DYNAMODB_PAGE, date: "2025-07-21" },
  read: { usd: 0.125, per: MILLION, unit: "DynamoDB read request units", source: DYNAMODB_PAGE, date: "2025-07-21" },
  schedule: {
    usd: 1,
    per: MILLION,
    unit: "invocations by EventBridge Scheduler",
    source: "https://cloudburn.io/blog/amazon-eventbridge-pricing",
    date: "2026-03-13",
  },
  logByte: {
    usd: 0.5,
    per: 1_000_000_000,
    unit: "bytes taken in by CloudWatch Logs",
    source: "https://www.duckbillgroup.com/?p=9080",
    date: "2025-05-01",
  },
  metric: {
    usd: 0.3,
    per: 1,
    unit: "custom CloudWatch metrics for a month",
    source: "https://www.vantage.sh/blog/cloudwatch-metrics-pricing-explained-in-plain-english",
    date: "2021-08-18",
  },
  fargateCpuHour: {
    usd: 0.03238,
    per: 1,
    unit: "vCPU-hours of Fargate on arm64",
    source: FARGATE_PAGE,
    date: "2021-04-22",
  },
  fargateGbHour: {
    usd: 0.00356,
    per: 1,
    unit: "GB-hours of Fargate on arm64",
    source: FARGATE_PAGE,
    date: "2021-04-22",
  },
} as const satisfies Readonly<Record<string, Price>>;

export type PriceName = keyof typeof PRICES;

/** What so many of something cost, in dollars. */
export const costOf = (name: PriceName, count: number): number => (count * PRICES[name].usd) / PRICES[name].per;

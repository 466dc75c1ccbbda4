import {
  BELL_GROUP,
  ENVELOPE_VERSION,
  ERRORS,
  type GatewayPlan,
  type Json,
  type Micros,
  type RetryPlan,
  showDuration,
  TASK_MARGIN_US,
  toMs,
  UNKNOWN_REPEATABLE,
} from "@sluice/dsl";
import { expression } from "./expression";
import { needsSettling, settle } from "./settling";

/** What sending may fail with and succeed a moment later, as Step Functions names it. */
const PASSING_SNS_ERRORS = [
  "SNS.AmazonSNSException",
  "SNS.InternalErrorException",
  "SNS.KMSThrottlingException",
  "SNS.SdkClientException",
  "SNS.ThrottledException",
];

const PASSING_SQS_ERRORS = ["SQS.AmazonSQSException", "SQS.SdkClientException"];

/** An input below this many characters cannot be what made the state's payload exceed 256 KiB, even at 4 bytes each. */
const SURELY_SMALL_CHARS = 60_000;

/**
 * The state machine of a gateway in the Amazon States Language: one Task that sends the request and waits for the
 * worker's answer, so that a success costs one transition; on bad paths only, one that settles what a request came to that
 * no worker answered, and a Fail state that gives each failure its name and its cause. Pure.
 *
 * @param addresses of each tier: its topic's ARN in doorbell, its queue's URL in deferral; placeholders of the CDK may
 * stand in
 * @param gateTable the name of the gate's table
 * @returns plain JSON
 * @see DESIGN.md, section 2
 */
export function stateMachineDefinition(
  plan: GatewayPlan,
  addresses: Readonly<Record<string, string>>,
  gateTable: string,
): Json {
  return {
    Comment: `One request to ${plan.name}: ${plan.dispatch.kind === "doorbell" ? "published" : "sent"} to its tier, answered by the worker.`,
    QueryLanguage: "JSONata",
    StartAt: "Call",
    States: {
      Call: {
        Type: "Task",
        ...sending(plan, addresses),
        TimeoutSeconds: expression(given(plan), timeoutSeconds(plan)),
        Retry: retriers(plan),
        Catch: catchers(plan),
        End: true,
      },
      ...(needsSettling(plan) && { Settle: settle(gateTable) }),
      Failed: {
        Type: "Fail",
        Error: expression("$states.input.Error"),
        Cause: expression("$states.input.Cause"),
      },
    },
  };
}

/** What is sent, and by which service. */
function sending(plan: GatewayPlan, addresses: Readonly<Record<string, string>>): { [key: string]: Json } {
  const address = expression(given(plan), refusal(plan), addressOf(plan, addresses));
  const message = expression(given(plan), envelope(plan));
  switch (plan.dispatch.kind) {
    case "doorbell":
      return {
        Resource: "arn:aws:states:::sns:publish.waitForTaskToken",
        Arguments: {
          TopicArn: address,
          MessageGroupId: BELL_GROUP,
          MessageDeduplicationId: expression(REQUEST_ID),
          Message: message,
        },
      };
    case "deferral":
      return {
        Resource: "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        Arguments: { QueueUrl: address, MessageBody: message },
      };
  }
}

/** Any JSON value is a JSONata literal. */
const literal = (value: Json): string => JSON.stringify(value);

/** Defines `$input`, and `$tier` and `$operation` with their defaults; each is undefined where it is missing. */
function given({ defaultTier, operations }: GatewayPlan): string {
  const [only, ...others] = operations;
  const operation =
    only && others.length === 0
      ? `$exists($input.operation) ? $input.operation : ${literal(only.name)}`
      : "$input.operation";
  return [
    "$input := $states.input",
    `$tier := $exists($input.tier) ? $input.tier : ${literal(defaultTier)}`,
    `$operation := ${operation}`,
  ].join("; ");
}

/** Defines `$shown`: what a caller gave, as a message shows it. Never much of it: a cause has its limits. */
const SHOWN = `$shown := function($value) { $exists($value) ? ($type($value) = "string" ? '"' & $substring($value, 0, 80) & '"' : $substring($string($value), 0, 80)) : "nothing" }`;

/** Defines `$problem`: why this input can never become a request, in words; null when it can. Needs {@link given}. */
function problem(plan: GatewayPlan): string {
  const tiers = plan.tiers.map(({ name }) => name);
  const operations = plan.operations.map(({ name }) => name);
  const keys = ["operation", "tier", "request"];
  const shape = `Give { ${keys.map((key) => `"${key}": …`).join(", ")} }.`;
  return `${SHOWN};
$unknown := $type($input) = "object" ? $keys($input)[$not($ in ${literal(keys)})];
$problem := $type($input) != "object"
  ? "The input is " & $shown($input) & ", which is no JSON object. " & ${literal(shape)}
: $count($unknown) > 0
  ? "The input has " & $shown($join($unknown, ", ")) & ", which ${plan.name} does not know. " & ${literal(shape)}
: $not($exists($operation))
  ? ${literal(`The input names no operation. Those of ${plan.name}: ${operations.join(", ")}.`)}
: $not($operation in ${literal(operations)})
  ? "There is no operation " & $shown($operation) & ${literal(`. Those of ${plan.name}: ${operations.join(", ")}.`)}
: $not($tier in ${literal(tiers)})
  ? "There is no tier " & $shown($tier) & ${literal(`. Those of ${plan.name}: ${tiers.join(", ")}.`)}
: null`;
}

/** Fails the state when the input can never become a request; the Catch then says why. */
function refusal(plan: GatewayPlan): string {
  return `${problem(plan)};\n$problem = null ? null : $error($problem)`;
}

function addressOf({ tiers }: GatewayPlan, addresses: Readonly<Record<string, string>>): string {
  const known = tiers.map(({ name }) => {
    const address = addresses[name];
    if (address === undefined) throw new RangeError(`the tier ${name} has no address`);
    return [name, address] as const;
  });
  return `$lookup(${literal(Object.fromEntries(known))}, $tier)`;
}

const RETRY_COUNT = "$exists($states.context.State.RetryCount) ? $states.context.State.RetryCount : 0";
const REDRIVE_COUNT = "$exists($states.context.Execution.RedriveCount) ? $states.context.Execution.RedriveCount : 0";

/** One for each attempt. A hash, because a token is longer than SNS lets a deduplication id be. */
const REQUEST_ID = `$hash($states.context.Task.Token & "/" & $string(${RETRY_COUNT}) & "/" & $string(${REDRIVE_COUNT}), "SHA-256")`;

const repeatableOf = ({ operations }: GatewayPlan): string[] =>
  operations.filter(({ repeatable }) => repeatable).map(({ name }) => name);

/** {@link Envelope} of the contract. Needs {@link given}. */
function envelope(plan: GatewayPlan): string {
  return `{
  "version": ${ENVELOPE_VERSION},
  "id": ${REQUEST_ID},
  "token": $states.context.Task.Token,
  "execution": $states.context.Execution.Id,
  "startedAtMs": $toMillis($states.context.Execution.StartTime),
  "attempt": ${RETRY_COUNT},
  "tier": $tier,
  "operation": $operation,
  "repeatable": $operation in ${literal(repeatableOf(plan))},
  "deadlineMs": ${deadlineMs(plan)},
  "request": $exists($input.request) ? $input.request : {}
}`;
}

/**
 * The latest start of a call: so that it has ended, at its response timeout, when the tier's timeout is over. Counted
 * from the state's entry, or from the redrive, because a redriven execution keeps its state's entry.
 */
function deadlineMs({ tiers, timeouts }: GatewayPlan): string {
  const untilMs = tiers.map(
    ({ name, timeoutUs }) => [name, wholeMs(timeoutUs) - wholeMs(timeouts.responseUs)] as const,
  );
  const times = "[$states.context.State.EnteredTime, $states.context.Execution.RedriveTime]";
  return `$max(${times}.$toMillis($)) + $lookup(${literal(Object.fromEntries(untilMs))}, $tier)`;
}

const wholeMs = (duration: Micros): number => Math.round(toMs(duration));

/**
 * How long the attempt may last, in whole seconds, rounded up: what is left to the deadline, and then as long as a call
 * may be open, a message stay hidden after a crash, and a margin. It must never end an attempt whose call is open.
 */
function timeoutSeconds(plan: GatewayPlan): string {
  const after = wholeMs(plan.timeouts.responseUs) + wholeMs(plan.queues.tierVisibilityUs) + wholeMs(TASK_MARGIN_US);
  return `$max([1, $ceil(($max([0, ${deadlineMs(plan)} - $millis()]) + ${after}) / 1000)])`;
}

function retriers({ retries, dispatch }: GatewayPlan): Json[] {
  return [
    // Of its own, so that trouble with AWS does not use up the attempts that the gateway's file gives the target.
    retrier(dispatch.kind === "doorbell" ? PASSING_SNS_ERRORS : PASSING_SQS_ERRORS, {
      attempts: 7,
      backoffSeconds: 1,
      maxSeconds: 30,
    }),
    retrier([ERRORS.throttled], retries.throttled),
    retrier([ERRORS.unavailable], retries.unavailable),
    retrier([UNKNOWN_REPEATABLE], retries.unknown),
  ].flat();
}

/** None when the first attempt is the only one. */
function retrier(errors: string[], { attempts, backoffSeconds, maxSeconds }: RetryPlan): Json[] {
  if (attempts <= 1) return [];
  return [
    {
      ErrorEquals: errors,
      IntervalSeconds: backoffSeconds,
      MaxAttempts: attempts - 1,
      BackoffRate: 2,
      MaxDelaySeconds: maxSeconds,
      JitterStrategy: "FULL",
    },
  ];
}

/** Each gives the Fail state `{ Error, Cause }`, both strings, whatever it was that failed. */
function catchers(plan: GatewayPlan): Json[] {
  const steps = [given(plan), CAUSE_OF(plan)];
  return [
    catcher(["States.QueryEvaluationError"], [...steps, problem(plan), INVALID_REQUEST]),
    catcher(["States.DataLimitExceeded"], [...steps, TOO_MUCH_DATA]),
    catcher(
      ["States.Timeout", "States.HeartbeatTimeout"],
      [...steps, unanswered(plan)],
      needsSettling(plan) ? "Settle" : "Failed",
    ),
    catcher([UNKNOWN_REPEATABLE], [...steps, `{ "Error": ${literal(ERRORS.unknown)}, "Cause": $said }`]),
    catcher(["States.ALL"], [...steps, SENDING_OR_WORKER[plan.dispatch.kind]]),
  ];
}

function catcher(errors: string[], steps: readonly string[], next = "Failed"): Json {
  return { ErrorEquals: errors, Next: next, Output: expression(...steps) };
}

/**
 * Defines `$error` and `$said`, what failed and why as far as it was said, and `$failed`, which makes the Fail state's
 * input with {@link Cause} of the contract. Needs {@link given}.
 */
const CAUSE_OF = ({ name }: GatewayPlan): string => `$text := function($value, $otherwise) {
  $exists($value) ? ($type($value) = "string" ? $substring($value, 0, 80) : $substring($string($value), 0, 80)) : $otherwise
};
$failed := function($name, $outcome, $message) { {
  "Error": $name,
  "Cause": $string({
    "outcome": $outcome,
    "message": $message,
    "attempt": ${RETRY_COUNT},
    "gateway": ${literal(name)},
    "operation": $text($operation, ""),
    "tier": $text($tier, "")
  })
} };
$error := $type($states.errorOutput.Error) = "string" ? $states.errorOutput.Error : "";
$said := $type($states.errorOutput.Cause) = "string" ? $states.errorOutput.Cause : ""`;

/** Needs {@link problem}. */
const INVALID_REQUEST = `$failed(${literal(ERRORS.invalidRequest)}, "rejected", $problem != null ? $problem
: "The request could not be read, and no call was made. " & $substring($said, 0, 1000))`;

/** Step Functions passes on at most 256 KiB: of the request on its way in, or of the answer on its way out. */
const TOO_MUCH_DATA = `$length($string($input)) >= ${SURELY_SMALL_CHARS}
? $failed(${literal(ERRORS.requestTooLarge)}, "rejected", "The request with its envelope is larger than 256 KiB, so it was not sent.")
: $failed(${literal(ERRORS.responseTooLarge)}, "success", "The call succeeded, but its answer is larger than 256 KiB. The work was done; let the operation's answer choose what is needed of it.")`;

/**
 * The task's own timeout: no worker answered, not even that the request had expired. What the execution fails with, or
 * where it must be settled first, both that it may fail with: `Uncalled` and `Unsettled`.
 */
function unanswered(plan: GatewayPlan): string {
  const { tiers } = plan;
  const waits = Object.fromEntries(tiers.map(({ name, timeoutUs }) => [name, showDuration(timeoutUs)]));
  const repeatable = repeatableOf(plan);
  const where = "Look at the worker's log, its throttles and the age of the tier's queue.";
  const expired = `A call may have been made; a second one does no harm. Ask again if the answer is still wanted. ${where}`;
  const unknown = `The request may or may not have been done, so it was not repeated. Find out at the target. ${where}`;
  const uncalled =
    "Nothing was done: no call of it had begun, or the target refused it, and none can begin any more. Ask again if the answer is still wanted.";
  const failed = `$operation in ${literal(repeatable)}
? $failed(${literal(ERRORS.expired)}, "unknown", $late & ${literal(expired)})
: $failed(${literal(ERRORS.unknown)}, "unknown", $late & ${literal(unknown)})`;
  const both = `$end := ${failed};
{ "Unsettled": $end, "Uncalled": $operation in ${literal(repeatable)} ? $end : $failed(${literal(ERRORS.expired)}, "rejected", $late & ${literal(`${uncalled} ${where}`)}) }`;
  return `$late := "No worker answered within the timeout of tier " & $tier & " (" & $lookup(${literal(waits)}, $tier) & "). ";
${needsSettling(plan) ? both : failed}`;
}

/** A sending that AWS refused; or the worker's own words, passed on. */
const SENDING_OR_WORKER = {
  doorbell: sendingOrWorker("SNS.", "the 256 KiB that SNS takes", "published to its tier's topic"),
  deferral: sendingOrWorker("SQS.", "what SQS takes", "sent to its tier's queue"),
} as const;

function sendingOrWorker(prefix: string, most: string, done: string): string {
  return `$substring($error, 0, 4) = "${prefix}"
? ($contains($said, "too long")
  ? $failed(${literal(ERRORS.requestTooLarge)}, "rejected", "The request with its envelope is larger than ${most}, so it was not sent.")
  : $failed(${literal(ERRORS.unavailable)}, "unavailable", "The request could not be ${done}, so nothing was sent to the target. " & $error & ": " & $substring($said, 0, 1000)))
: $error = ""
? $failed(${literal(ERRORS.unknown)}, "unknown", "The task was failed without a reason. " & $substring($said, 0, 1000))
: { "Error": $error, "Cause": $said }`;
}

import { setTimeout as sleep } from "node:timers/promises";
import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  ListStateMachinesCommand,
  SFNClient,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import { type CallerInput, DEFAULT_NAMING, didYouMean, type Json, stackNameOf } from "@sluice/dsl";
import { LOCAL_REGION } from "@sluice/local";
import { Command } from "commander";
import { isSystemError, ToolFailure } from "../failures";
import { readText } from "../files";
import { exitCodeOf } from "../interrupt";
import { colorsOf, type ExitCode, type Io, printLine, progressOn, textOf } from "../io";
import { failureSentences } from "../print/execution-failure";
import { loadProject } from "../project";
import { envOption, example, type Format, formatOption } from "./words";

/** Where `sluice dev` listens unless told otherwise. */
const DEFAULT_ENDPOINT = "http://127.0.0.1:4566";

export interface CallOptions {
  readonly gateway: string;
  readonly operation: string | undefined;
  readonly tier: string | undefined;
  readonly env: string | undefined;
  /** As typed: JSON, `@FILE`, or `@-` for standard input. */
  readonly request: string | undefined;
  readonly endpointUrl: string | undefined;
  /** The execution's name, which is the caller's idempotency key. */
  readonly name: string | undefined;
  readonly format: Format;
}

type Typed = Omit<CallOptions, "gateway" | "operation">;

export const newCallCommand = (run: (options: CallOptions) => Promise<void>): Command =>
  new Command("call")
    .description("Send one request through a gateway and print the answer.")
    .argument("<gateway>", "name of the gateway")
    .argument("[operation]", "name of the operation; may be left out where there is only one")
    .option("--tier <tier>", "priority level, HIGH for example; left out: the gateway's default")
    .option("--request <json>", "the request as JSON, @FILE to read it from a file, @- from standard input")
    .addOption(envOption())
    .option("--endpoint-url <url>", `AWS endpoint (default: $AWS_ENDPOINT_URL, else ${DEFAULT_ENDPOINT})`)
    .option(
      "--name <name>",
      "name of the execution; the same name never starts a request twice: while it runs, the same request waits for its answer",
    )
    .addOption(formatOption("the answer"))
    .addHelpText("after", example(`sluice call companies-house company --tier HIGH --request '{"number":"00000006"}'`))
    .action((gateway: string, operation: string | undefined, typed: Typed) =>
      run({
        gateway,
        operation,
        tier: typed.tier,
        env: typed.env,
        request: typed.request,
        endpointUrl: typed.endpointUrl,
        name: typed.name,
        format: typed.format,
      }),
    );

/** Starts an execution of the gateway's state machine and waits for its end. */
export async function runCall(options: CallOptions, io: Io): Promise<ExitCode> {
  const input: CallerInput = {
    ...(options.operation === undefined ? {} : { operation: options.operation }),
    ...(options.tier === undefined ? {} : { tier: options.tier }),
    ...(options.request === undefined ? {} : { request: await requestOf(options.request, io) }),
  };
  const naming = (await loadProject(io))?.project.settings?.naming ?? DEFAULT_NAMING;
  const endpoint = endpointOf(options, io);
  const client = clientFor(endpoint, io);
  try {
    const stateMachineArn = await findStateMachine(client, options, naming);
    const started = await client.send(
      new StartExecutionCommand({
        stateMachineArn,
        input: JSON.stringify(input),
        ...(options.name === undefined ? {} : { name: options.name }),
      }),
    );
    return report(await endOf(client, started.executionArn ?? "", io), options, io);
  } catch (error) {
    throw await inWords(error, { client, endpoint, options, input, naming, program: io.program });
  } finally {
    client.destroy();
  }
}

function report(end: DescribeExecutionCommandOutput | "interrupted", options: CallOptions, io: Io): ExitCode {
  if (end === "interrupted") return exitCodeOf(io.interrupt);
  if (end.status === "SUCCEEDED") {
    const answer: unknown = JSON.parse(end.output ?? "null");
    printLine(io.stdout, JSON.stringify(answer, null, options.format === "pretty" ? 2 : undefined));
    return 0;
  }
  const colors = colorsOf(io.stderr, io.env);
  const [first = "", ...rest] = failureSentences({
    gateway: options.gateway,
    status: end.status ?? "FAILED",
    error: end.error,
    cause: end.cause,
  });
  printLine(io.stderr, colors.red(first));
  for (const sentence of rest) printLine(io.stderr, sentence);
  return 1;
}

/** Asks until the execution has ended, soon at first and then once a second: most answers come within a second. */
async function endOf(
  client: SFNClient,
  executionArn: string,
  io: Io,
): Promise<DescribeExecutionCommandOutput | "interrupted"> {
  const progress = progressOn(io.stderr);
  const beganAt = Date.now();
  for (let pauseMs = 40; ; pauseMs = Math.min(pauseMs * 1.5, 1_000)) {
    const execution = await client.send(new DescribeExecutionCommand({ executionArn }));
    if (execution.status !== "RUNNING" && execution.status !== "PENDING_REDRIVE") {
      progress.clear();
      return execution;
    }
    progress.show(`waiting for the answer, ${Math.round((Date.now() - beganAt) / 1_000)} s`);
    const isInterrupted = await sleep(pauseMs, false, { signal: io.interrupt }).catch(() => true);
    if (!isInterrupted) continue;
    progress.clear();
    printLine(io.stderr, `No longer waiting. The request goes on as ${executionArn}.`);
    return "interrupted";
  }
}

async function requestOf(typed: string, io: Io): Promise<Json> {
  const source = typed === "@-" ? "standard input" : typed.startsWith("@") ? typed.slice(1) : "--request";
  const text =
    typed === "@-" ? await textOf(io.stdin) : typed.startsWith("@") ? await readText(typed.slice(1), io) : typed;
  try {
    return JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ToolFailure(
      `The request (${source}) is not JSON: ${why}. Write it like '{"number":"00000006"}', in single quotes on a shell.`,
    );
  }
}

function endpointOf(options: CallOptions, io: Io): string {
  const endpoint = options.endpointUrl ?? io.env.AWS_ENDPOINT_URL_SFN ?? io.env.AWS_ENDPOINT_URL ?? DEFAULT_ENDPOINT;
  if (/^https?:\/\/./.test(endpoint) && URL.canParse(endpoint)) return endpoint;
  throw new ToolFailure(`The endpoint ${endpoint} is no URL. Write it like ${DEFAULT_ENDPOINT}.`);
}

/** An emulated account takes any credentials, so that none need to be set up for it. */
const clientFor = (endpoint: string, io: Io): SFNClient =>
  new SFNClient({
    endpoint,
    region: io.env.AWS_REGION ?? io.env.AWS_DEFAULT_REGION ?? LOCAL_REGION,
    credentials: {
      accessKeyId: io.env.AWS_ACCESS_KEY_ID ?? "local",
      secretAccessKey: io.env.AWS_SECRET_ACCESS_KEY ?? "local",
      ...(io.env.AWS_SESSION_TOKEN === undefined ? {} : { sessionToken: io.env.AWS_SESSION_TOKEN }),
    },
    disableHostPrefix: true,
  });

/** @throws ToolFailure naming the gateways that run there, when this one does not */
async function findStateMachine(client: SFNClient, { gateway, env }: CallOptions, naming: string): Promise<string> {
  const wanted = stackNameOf(gateway, env, naming);
  const [prefix = ""] = naming.split("{");
  const names: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await client.send(new ListStateMachinesCommand({ nextToken }));
    for (const { name, stateMachineArn } of page.stateMachines ?? []) {
      if (name === wanted && stateMachineArn !== undefined) return stateMachineArn;
      if (name?.startsWith(prefix)) names.push(name.slice(prefix.length));
    }
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  const shown = env === undefined ? gateway : `${gateway}-${env}`;
  const likely = didYouMean(shown, names);
  throw new ToolFailure(
    names.length === 0
      ? `There is no gateway ${shown}: none runs at this endpoint.`
      : `There is no gateway ${shown} at this endpoint${likely === undefined ? "" : ` (did you mean ${likely}?)`}. Running: ${names.sort().join(", ")}.`,
  );
}

/** What a failure is told with. */
interface Attempted {
  readonly client: SFNClient;
  readonly endpoint: string;
  readonly options: CallOptions;
  readonly input: CallerInput;
  /** What stacks are named by. */
  readonly naming: string;
  readonly program: string;
}

/** What the SDK threw, as a sentence where it is no bug of ours. */
async function inWords(error: unknown, attempted: Attempted): Promise<unknown> {
  const { endpoint, options, program } = attempted;
  if (isSystemError(error)) {
    if (error.code === "ECONNREFUSED")
      return new ToolFailure(`Nothing listens on ${endpoint}; start it with \`${program} dev\`.`);
    if (error.code === "ENOTFOUND" || error.code === "EAI_AGAIN")
      return new ToolFailure(`The host of ${endpoint} is not known. Check --endpoint-url or AWS_ENDPOINT_URL.`);
    if (["ECONNRESET", "EPIPE", "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH", "EPROTO"].includes(error.code))
      return new ToolFailure(
        `The connection to ${endpoint} failed (${error.code}). Is it the endpoint of \`${program} dev\`?`,
      );
  }
  if (!(error instanceof Error)) return error;
  if (error.name === "ExecutionAlreadyExists") return nameTaken(attempted);
  if (error.name === "InvalidName")
    return new ToolFailure(`The name ${options.name} is none that Step Functions takes: ${error.message}.`);
  if (error.name === "InvalidExecutionInput" || error.name === "ValidationException")
    return new ToolFailure(`Step Functions refused the request: ${error.message}`);
  return error;
}

/**
 * Step Functions gives back the execution of that name while it runs with the same input, and refuses the name when the
 * input is another one or the execution has ended.
 */
async function nameTaken({ client, options, input, naming }: Attempted): Promise<ToolFailure> {
  const stateMachineArn = await findStateMachine(client, options, naming);
  const executionArn = `${stateMachineArn.replace(":stateMachine:", ":execution:")}:${options.name}`;
  const before = await client.send(new DescribeExecutionCommand({ executionArn })).catch(() => undefined);
  const isSame = before?.input === JSON.stringify(input);
  const what = isSame
    ? `This request was started as ${options.name} before, and has ended (${before?.status})`
    : `Another request was started as ${options.name} before`;
  const next = isSame ? "To send it once more, choose another --name" : "Choose another --name";
  return new ToolFailure(`${what}; nothing was sent. ${next}, or leave it out. The earlier one is ${executionArn}.`);
}

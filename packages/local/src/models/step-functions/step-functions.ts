import type { Json } from "@sluice/dsl";
import type { ServiceOperation, ServiceOperations } from "../../cloud";
import { type Cloud, type Principal, ServiceError } from "../../cloud-types";
import { allowOnly, type Input, optionalInteger, optionalText } from "../../input";
import type { World } from "../../world";
import { messageOf } from "../jsonata";
import { parseDefinition } from "./definition";
import { Execution, type ExecutionStatus, type Surroundings } from "./execution";
import { renderEvent } from "./history";
import type { Machine } from "./machine";
import { Tokens } from "./tokens";

export interface StepFunctionsOptions {
  /**
   * How many executions that have ended are kept to be described and listed, and for their names; the oldest go first.
   * All of them when left out, as in AWS's 90 days.
   */
  readonly keepEnded?: number;
  /** Whether histories are kept to be read; left out, they are. Without, a million executions may wait at once. */
  readonly keepsHistory?: boolean;
}

/** `AWS::StepFunctions::StateMachine`, as far as it is modelled. */
export interface StateMachineSettings {
  readonly name: string;
  /** Amazon States Language. */
  readonly definition: string;
  readonly roleArn: string;
  /** The role as Step Functions took it on. */
  readonly principal: Principal;
}

interface CreatedMachine extends Machine {
  readonly definitionText: string;
  readonly createdAtMs: number;
}

/** How an execution ended. */
export interface ExecutionEnd {
  readonly arn: string;
  readonly name: string;
  readonly status: Exclude<ExecutionStatus, "RUNNING">;
  /** JSON. */
  readonly output: string | undefined;
  readonly error: string | undefined;
  readonly cause: string | undefined;
  /** Epoch milliseconds. */
  readonly startedAtMs: number;
  readonly stoppedAtMs: number;
}

/**
 * Step Functions' standard workflows, as far as {@link parseDefinition} knows the language. Not modelled: versions and
 * aliases, throttling of the API, logs.
 */
export class StepFunctions {
  readonly operations: ServiceOperations;
  private readonly machines = new Map<string, CreatedMachine>();
  private readonly executions = new Map<string, Execution>();
  private readonly endedArns: string[] = [];
  private readonly listeners = new Set<(end: ExecutionEnd) => void>();
  private readonly tokens: Tokens;
  private readonly surroundings: Surroundings;

  constructor(
    private readonly world: World,
    cloud: Cloud,
    private readonly options: StepFunctionsOptions = {},
  ) {
    this.tokens = new Tokens(world);
    this.surroundings = {
      world,
      cloud,
      tokens: this.tokens,
      keepsHistory: options.keepsHistory ?? true,
      ended: (execution) => this.ended(execution),
    };
    this.operations = this.listOperations();
  }

  /**
   * @returns the machine's ARN
   * @throws ServiceError InvalidDefinition, InvalidName, StateMachineAlreadyExists
   */
  createStateMachine(settings: StateMachineSettings): string {
    checkName(settings.name);
    const arn = this.machineArn(settings.name);
    if (this.machines.has(arn))
      throw new ServiceError("StateMachineAlreadyExists", `State Machine Already Exists: '${arn}'`);
    this.machines.set(arn, this.machineWith(settings, this.world.clock.wallMs()));
    return arn;
  }

  /**
   * A new definition or role, for executions that start from now on; those that run keep what they began with.
   *
   * @throws ServiceError StateMachineDoesNotExist, InvalidDefinition
   */
  updateStateMachine(settings: StateMachineSettings): void {
    const { arn, createdAtMs } = this.machineIn({ stateMachineArn: this.machineArn(settings.name) });
    this.machines.set(arn, this.machineWith(settings, createdAtMs));
  }

  private machineWith({ name, definition, roleArn, principal }: StateMachineSettings, createdAtMs: number) {
    return {
      arn: this.machineArn(name),
      name,
      roleArn,
      principal,
      definition: parseDefinition(definition, this.world),
      definitionText: definition,
      createdAtMs,
    };
  }

  machineArn(name: string): string {
    return `arn:aws:states:${this.world.region}:${this.world.account}:stateMachine:${name}`;
  }

  /** Tells every execution's end from now on; the returned function stops that. */
  onEnded(listener: (end: ExecutionEnd) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** How many executions are running. */
  get running(): number {
    return this.executions.size - this.endedArns.length;
  }

  private ended(execution: Execution): void {
    this.endedArns.push(execution.arn);
    const { keepEnded = Number.POSITIVE_INFINITY } = this.options;
    while (this.endedArns.length > keepEnded) this.executions.delete(this.endedArns.shift() ?? "");
    const end = endOf(execution);
    if (end !== undefined) for (const listener of this.listeners) listener(end);
  }

  private listOperations(): ServiceOperations {
    const operation = (
      name: string,
      fields: readonly string[],
      resource: (input: Input) => string,
      run: (input: Input) => Json,
    ): ServiceOperation => ({
      action: `states:${name}`,
      resource,
      run: (input) => {
        allowOnly(`Step Functions ${name}`, input, fields);
        return run(input);
      },
    });
    const machine = (input: Input) => required(input, "stateMachineArn");
    const execution = (input: Input) => required(input, "executionArn");
    // A role's statement names the machine whose tokens it may answer.
    const tokensMachine = (input: Input) => {
      const arn = this.tokens.executionOf(tokenIn(input));
      return this.executions.get(arn)?.machine.arn ?? machineOf(arn);
    };
    return {
      StartExecution: operation(
        "StartExecution",
        ["stateMachineArn", "name", "input", "traceHeader"],
        machine,
        (input) => this.startExecution(input),
      ),
      StopExecution: operation("StopExecution", ["executionArn", "error", "cause"], execution, (input) =>
        this.stopExecution(input),
      ),
      RedriveExecution: operation("RedriveExecution", ["executionArn", "clientToken"], execution, (input) =>
        this.redriveExecution(input),
      ),
      DescribeExecution: operation("DescribeExecution", ["executionArn", "includedData"], execution, (input) =>
        describeExecution(this.executionIn(input)),
      ),
      ListExecutions: operation(
        "ListExecutions",
        ["stateMachineArn", "statusFilter", "maxResults", "nextToken"],
        machine,
        (input) => this.listExecutions(input),
      ),
      GetExecutionHistory: operation(
        "GetExecutionHistory",
        ["executionArn", "includeExecutionData", "maxResults", "nextToken", "reverseOrder"],
        execution,
        (input) => this.getExecutionHistory(input),
      ),
      SendTaskSuccess: operation("SendTaskSuccess", ["taskToken", "output"], tokensMachine, (input) => {
        const outputText = required(input, "output");
        if (outputText.length > MAX_OUTPUT_CHARS) throw invalidOutput("The output is too long");
        this.tokens.answer(tokenIn(input), { kind: "succeeded", output: parseOutput(outputText), outputText });
        return {};
      }),
      SendTaskFailure: operation("SendTaskFailure", ["taskToken", "error", "cause"], tokensMachine, (input) => {
        const [error, cause] = failureIn(input);
        this.tokens.answer(tokenIn(input), { kind: "failed", error, cause });
        return {};
      }),
      SendTaskHeartbeat: operation("SendTaskHeartbeat", ["taskToken"], tokensMachine, (input) => {
        this.tokens.beat(tokenIn(input));
        return {};
      }),
      ListStateMachines: operation(
        "ListStateMachines",
        ["maxResults"],
        () => "*",
        () => ({
          stateMachines: [...this.machines.values()].map(({ arn, name, createdAtMs }) => ({
            stateMachineArn: arn,
            name,
            type: "STANDARD",
            creationDate: createdAtMs / 1_000,
          })),
        }),
      ),
      DescribeStateMachine: operation("DescribeStateMachine", ["stateMachineArn", "includedData"], machine, (input) => {
        const { arn, name, roleArn, createdAtMs, definitionText } = this.machineIn(input);
        return {
          stateMachineArn: arn,
          name,
          status: "ACTIVE",
          type: "STANDARD",
          definition: definitionText,
          roleArn,
          creationDate: createdAtMs / 1_000,
        };
      }),
    };
  }

  private startExecution(input: Input): Json {
    const machine = this.machineIn(input);
    const name = optionalText(input, "name") ?? this.world.random.uuid();
    checkName(name);
    const inputText = optionalText(input, "input") ?? "{}";
    if (Buffer.byteLength(inputText) > MAX_INPUT_BYTES) throw tooLong("input", MAX_INPUT_BYTES);
    const arn = `${machine.arn.replace(":stateMachine:", ":execution:")}:${name}`;
    const before = this.executions.get(arn);
    if (before !== undefined) {
      if (before.isRunning && before.inputText === inputText) return renderStarted(before);
      throw new ServiceError("ExecutionAlreadyExists", `Execution Already Exists: '${arn}'`);
    }
    const execution = new Execution(arn, name, machine, inputText, parseInput(inputText), this.surroundings);
    this.executions.set(arn, execution);
    execution.start();
    return renderStarted(execution);
  }

  private stopExecution(input: Input): Json {
    const execution = this.executionIn(input);
    const [error, cause] = failureIn(input);
    execution.stop(error, cause);
    return { stopDate: (execution.stoppedAtMs ?? 0) / 1_000 };
  }

  private redriveExecution(input: Input): Json {
    const execution = this.executionIn(input);
    execution.redrive();
    this.endedArns.splice(this.endedArns.indexOf(execution.arn), 1);
    return { redriveDate: (execution.redrivenAtMs ?? 0) / 1_000 };
  }

  private listExecutions(input: Input): Json {
    const machine = this.machineIn(input);
    const status = optionalText(input, "statusFilter");
    if (status !== undefined && !STATUSES.includes(status))
      throw invalidValue("statusFilter", status, `Member must satisfy enum value set: [${STATUSES.join(", ")}]`);
    const found = [...this.executions.values()]
      .filter(
        (execution) => execution.machine.arn === machine.arn && (status === undefined || execution.status === status),
      )
      .reverse();
    const { page, nextToken } = pageOf(found, input, 100);
    return { executions: page.map(summarizeExecution), ...nextToken };
  }

  private getExecutionHistory(input: Input): Json {
    const { events } = this.executionIn(input).history;
    const ordered = input.reverseOrder === true ? [...events].reverse() : events;
    const { page, nextToken } = pageOf(ordered, input, 100);
    const withData = input.includeExecutionData !== false;
    return { events: page.map((event) => renderEvent(event, withData)), ...nextToken };
  }

  private machineIn(input: Input): CreatedMachine {
    const arn = required(input, "stateMachineArn");
    const machine = this.machines.get(arn);
    if (machine === undefined)
      throw new ServiceError("StateMachineDoesNotExist", `State Machine Does Not Exist: '${arn}'`);
    return machine;
  }

  private executionIn(input: Input): Execution {
    const arn = required(input, "executionArn");
    const execution = this.executions.get(arn);
    if (execution === undefined) throw new ServiceError("ExecutionDoesNotExist", `Execution Does Not Exist: '${arn}'`);
    return execution;
  }
}

const MAX_INPUT_BYTES = 262_144;
const MAX_OUTPUT_CHARS = 262_144;
const MAX_TOKEN_CHARS = 2_048;
const MAX_ERROR_CHARS = 256;
const MAX_CAUSE_CHARS = 32_768;
const MAX_PAGE = 1_000;
const STATUSES = ["SUCCEEDED", "TIMED_OUT", "PENDING_REDRIVE", "ABORTED", "FAILED", "RUNNING"];

/** Names may hold neither white space nor these (StartExecution's documentation), nor control characters. */
const FORBIDDEN_IN_NAMES = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}]/u;

function checkName(name: string): void {
  if (name.length < 1 || name.length > 80 || FORBIDDEN_IN_NAMES.test(name))
    throw new ServiceError("InvalidName", `Invalid Name: '${name}'`);
}

/** An execution's ARN is its machine's with another word, and its own name behind it. */
const machineOf = (executionArn: string): string =>
  executionArn.slice(0, executionArn.lastIndexOf(":")).replace(":execution:", ":stateMachine:");

function endOf(execution: Execution): ExecutionEnd | undefined {
  const { arn, name, status, outputText, failure, startedAtMs, stoppedAtMs } = execution;
  if (status === "RUNNING" || stoppedAtMs === undefined) return undefined;
  return {
    arn,
    name,
    status,
    output: outputText,
    error: failure?.error,
    cause: failure?.cause,
    startedAtMs,
    stoppedAtMs,
  };
}

const renderStarted = ({ arn, startedAtMs }: Execution): Json => ({
  executionArn: arn,
  startDate: startedAtMs / 1_000,
});

function summarizeExecution(execution: Execution): { [key: string]: Json } {
  const { arn, machine, name, status, startedAtMs, stoppedAtMs, redriveCount, redrivenAtMs } = execution;
  return {
    executionArn: arn,
    stateMachineArn: machine.arn,
    name,
    status,
    startDate: startedAtMs / 1_000,
    ...(stoppedAtMs !== undefined && { stopDate: stoppedAtMs / 1_000 }),
    redriveCount,
    ...(redrivenAtMs !== undefined && { redriveDate: redrivenAtMs / 1_000 }),
  };
}

function describeExecution(execution: Execution): Json {
  const { inputText, outputText, failure, status } = execution;
  return {
    ...summarizeExecution(execution),
    input: inputText,
    inputDetails: { included: true },
    ...(outputText !== undefined && { output: outputText, outputDetails: { included: true } }),
    ...(failure?.error !== undefined && { error: failure.error }),
    ...(failure?.cause !== undefined && { cause: failure.cause }),
    ...redriveStatusOf(status),
  };
}

const redriveStatusOf = (status: ExecutionStatus): { [key: string]: Json } =>
  status === "RUNNING" || status === "SUCCEEDED"
    ? { redriveStatus: "NOT_REDRIVABLE", redriveStatusReason: `Execution is ${status} and cannot be redriven` }
    : { redriveStatus: "REDRIVABLE" };

/** @param otherwise how many when the input does not say; 0 says so, too */
function pageOf<T>(
  all: readonly T[],
  input: Input,
  otherwise: number,
): { readonly page: readonly T[]; readonly nextToken: { nextToken?: string } } {
  const asked = optionalInteger(input, "maxResults") ?? 0;
  if (asked < 0 || asked > MAX_PAGE)
    throw invalidValue("maxResults", asked, `Member must have value less than or equal to ${MAX_PAGE}`);
  const from = Number(optionalText(input, "nextToken") ?? 0);
  if (!Number.isInteger(from) || from < 0) throw new ServiceError("InvalidToken", "Invalid Token: 'Invalid token'");
  const to = from + (asked || otherwise);
  return { page: all.slice(from, to), nextToken: to < all.length ? { nextToken: String(to) } : {} };
}

function parseInput(text: string): Json {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ServiceError("InvalidExecutionInput", `Invalid State Machine Execution Input: '${messageOf(error)}'`);
  }
}

function parseOutput(text: string): Json {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalidOutput(messageOf(error));
  }
}

const invalidOutput = (why: string): ServiceError => new ServiceError("InvalidOutput", `Invalid Output: '${why}'`);

const tokenIn = (input: Input): string => {
  const token = required(input, "taskToken");
  if (token.length < 1 || token.length > MAX_TOKEN_CHARS)
    throw new ServiceError("InvalidToken", "Invalid Token: 'Invalid token'");
  return token;
};

function failureIn(input: Input): [error: string | undefined, cause: string | undefined] {
  const error = optionalText(input, "error");
  const cause = optionalText(input, "cause");
  if (error !== undefined && error.length > MAX_ERROR_CHARS) throw tooLong("error", MAX_ERROR_CHARS);
  if (cause !== undefined && cause.length > MAX_CAUSE_CHARS) throw tooLong("cause", MAX_CAUSE_CHARS);
  return [error, cause];
}

const required = (input: Input, field: string): string => {
  const value = optionalText(input, field);
  if (value === undefined) throw invalidValue(field, null, "Member must not be null");
  return value;
};

const invalidValue = (field: string, value: Json, constraint: string): ServiceError =>
  new ServiceError(
    "ValidationException",
    `1 validation error detected: Value ${value === null ? "null" : `'${String(value)}'`} at '${field}' failed to satisfy constraint: ${constraint}`,
  );

const tooLong = (field: string, max: number): ServiceError =>
  new ServiceError(
    "ValidationException",
    `1 validation error detected: Value at '${field}' failed to satisfy constraint: Member must have length less than or equal to ${max}`,
  );

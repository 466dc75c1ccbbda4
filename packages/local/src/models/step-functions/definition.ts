import type { Json } from "@sluice/dsl";
import type { WorldClock } from "../../clock";
import { ServiceError } from "../../cloud-types";
import { isObject } from "../../input";
import type { Random } from "../../random";
import type { World } from "../../world";
import { compileExpression, expressionIn, messageOf } from "../jsonata";
import { type Integration, integrationOf } from "./integrations";
import { Problems } from "./problems";
import { type Catcher, parseCatchers, parseRetriers, type Retrier } from "./retry";
import type { Template } from "./template-value";

/** A state machine's definition, read and compiled. */
export interface Definition {
  readonly startAt: string;
  readonly states: ReadonlyMap<string, State>;
  /** For a whole execution. */
  readonly timeoutSeconds: number | undefined;
}

export type State = TaskState | PassState | SucceedState | FailState;

export interface TaskState {
  readonly type: "Task";
  readonly name: string;
  readonly integration: Integration;
  readonly arguments: Template;
  readonly timeoutSeconds: Template | undefined;
  readonly heartbeatSeconds: Template | undefined;
  readonly retriers: readonly Retrier[];
  readonly catchers: readonly Catcher[];
  /** Undefined: the task's own result. */
  readonly output: Template | undefined;
  /** Undefined: this state ends the execution. */
  readonly next: string | undefined;
}

export interface PassState {
  readonly type: "Pass";
  readonly name: string;
  readonly output: Template | undefined;
  readonly next: string | undefined;
}

export interface SucceedState {
  readonly type: "Succeed";
  readonly name: string;
  readonly output: Template | undefined;
}

export interface FailState {
  readonly type: "Fail";
  readonly name: string;
  readonly error: Template | undefined;
  readonly cause: Template | undefined;
}

/**
 * Reads an Amazon States Language definition: JSONata only, the states Task (callbacks by SNS and SQS, PutItem of DynamoDB),
 * Pass, Succeed and Fail.
 *
 * @throws ServiceError InvalidDefinition with everything that is wrong or not modelled, each with its place
 */
export function parseDefinition(text: string, world: World): Definition {
  const known = read.get(world.random)?.get(text);
  if (known?.clock === world.clock) return known.definition;
  const definition = parseSound(text, world);
  const beside = read.get(world.random) ?? new Map();
  read.set(world.random, beside.set(text, { clock: world.clock, definition }));
  return definition;
}

/**
 * Compiling its expressions takes longer than a short run: worlds that follow each other on one clock and one source of
 * chance, which is all of a world that an expression reads, share a definition.
 */
const read = new WeakMap<Random, Map<string, { readonly clock: WorldClock; readonly definition: Definition }>>();

function parseSound(text: string, world: World): Definition {
  const problems = new Problems();
  const definition = parseMachine(text, problems, world);
  if (problems.found.length > 0)
    throw new ServiceError(
      "InvalidDefinition",
      `Invalid State Machine Definition: '${problems.found.map((problem) => `SCHEMA_VALIDATION_FAILED: ${problem}`).join(", ")}'`,
    );
  return definition;
}

function parseMachine(text: string, problems: Problems, world: World): Definition {
  const machine = parseJson(text);
  if (!isObject(machine)) {
    problems.add("/", "The definition is no JSON object");
    return { startAt: "", states: new Map(), timeoutSeconds: undefined };
  }
  problems.allowOnly("", machine, ["Comment", "QueryLanguage", "StartAt", "States", "TimeoutSeconds", "Version"]);
  const declared = isObject(machine.States) ? machine.States : {};
  const parser = new StateParser(problems, world, machine.QueryLanguage, Object.keys(declared));
  const states = new Map<string, State>();
  for (const [name, state] of Object.entries(declared)) {
    const parsed = parser.parse(name, state);
    if (parsed !== undefined) states.set(name, parsed);
  }
  const startAt = problems.text("/StartAt", machine.StartAt);
  if (!(startAt in declared)) problems.add("/StartAt", `There is no state '${startAt}'`);
  const timeoutSeconds = problems.number("/TimeoutSeconds", machine.TimeoutSeconds, { min: 1, otherwise: 0 });
  return { startAt, states, timeoutSeconds: timeoutSeconds || undefined };
}

const parseJson = (text: string): Json | undefined => {
  try {
    return JSON.parse(text);
  } catch {
    // Told as "no JSON object" by the caller.
    return undefined;
  }
};

const COMMON_FIELDS = ["Type", "Comment", "QueryLanguage"];
const TASK_FIELDS = ["Resource", "Arguments", "Output", "TimeoutSeconds", "HeartbeatSeconds", "Retry", "Catch"];
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  Task: [...COMMON_FIELDS, ...TASK_FIELDS, "Next", "End"],
  Pass: [...COMMON_FIELDS, "Output", "Next", "End"],
  Succeed: [...COMMON_FIELDS, "Output"],
  Fail: [...COMMON_FIELDS, "Error", "Cause"],
};

class StateParser {
  constructor(
    private readonly problems: Problems,
    private readonly world: World,
    private readonly language: Json | undefined,
    private readonly names: readonly string[],
  ) {}

  parse(name: string, state: Json): State | undefined {
    const { problems } = this;
    const path = `/States/${name}`;
    if (!isObject(state)) {
      problems.add(path, "A state is to be a JSON object");
      return undefined;
    }
    const known = typeof state.Type === "string" ? FIELDS[state.Type] : undefined;
    if (known === undefined) {
      problems.add(`${path}/Type`, `The state type '${String(state.Type)}' is not modelled locally`);
      return undefined;
    }
    problems.allowOnly(path, state, known);
    if ((state.QueryLanguage ?? this.language) !== "JSONata")
      problems.add(`${path}/QueryLanguage`, "Only the query language JSONata is modelled locally");
    return this.parseKnown(name, state, path);
  }

  private parseKnown(name: string, state: { [key: string]: Json }, path: string): State | undefined {
    const template = (field: string): Template | undefined => this.optionalTemplate(state, field, path);
    switch (state.Type) {
      case "Task":
        return this.parseTask(name, state, path);
      case "Pass":
        return { type: "Pass", name, output: template("Output"), next: this.parseNext(state, path) };
      case "Succeed":
        return { type: "Succeed", name, output: template("Output") };
      default:
        return { type: "Fail", name, error: template("Error"), cause: template("Cause") };
    }
  }

  private parseTask(name: string, state: { [key: string]: Json }, path: string): TaskState | undefined {
    const { problems } = this;
    const resource = problems.text(`${path}/Resource`, state.Resource);
    const integration = integrationOf(resource);
    const next = this.parseNext(state, path);
    if (integration === undefined) {
      problems.add(`${path}/Resource`, `The resource '${resource}' is not modelled locally`);
      return undefined;
    }
    const given = state.Arguments;
    if (given === undefined) problems.add(`${path}/Arguments`, "A field is missing");
    if (isObject(given)) problems.allowOnly(`${path}/Arguments`, given, integration.fields);
    this.checkSeconds(state, path);
    const parseOutput = (output: Json, at: string): Template => this.parseTemplate(output, `${path}/${at}`, at);
    return {
      type: "Task",
      name,
      integration,
      arguments: this.parseTemplate(given ?? null, `${path}/Arguments`, "Arguments"),
      timeoutSeconds: this.optionalTemplate(state, "TimeoutSeconds", path),
      heartbeatSeconds: this.optionalTemplate(state, "HeartbeatSeconds", path),
      retriers: parseRetriers(state.Retry, `${path}/Retry`, problems),
      catchers: parseCatchers(state.Catch, `${path}/Catch`, problems, this.names, parseOutput),
      output: this.optionalTemplate(state, "Output", path),
      next,
    };
  }

  private checkSeconds(state: { [key: string]: Json }, path: string): void {
    const { TimeoutSeconds: timeout, HeartbeatSeconds: heartbeat } = state;
    for (const [field, value] of Object.entries({ TimeoutSeconds: timeout, HeartbeatSeconds: heartbeat }))
      if (typeof value !== "string" || expressionIn(value) === undefined)
        this.problems.number(`${path}/${field}`, value, { min: 1, otherwise: 0 });
    if (typeof timeout === "number" && typeof heartbeat === "number" && heartbeat >= timeout)
      this.problems.add(`${path}/HeartbeatSeconds`, "HeartbeatSeconds is to be less than TimeoutSeconds");
  }

  private parseNext(state: { [key: string]: Json }, path: string): string | undefined {
    const { Next: next, End: end } = state;
    if ((next === undefined) === (end === undefined) || (end !== undefined && end !== true))
      this.problems.add(path, "A state is to have either Next or End: true");
    if (next === undefined) return undefined;
    const name = this.problems.text(`${path}/Next`, next);
    if (!this.names.includes(name)) this.problems.add(`${path}/Next`, `There is no state '${name}'`);
    return name;
  }

  private optionalTemplate(state: { [key: string]: Json }, field: string, path: string): Template | undefined {
    const value = state[field];
    return value === undefined ? undefined : this.parseTemplate(value, `${path}/${field}`, field);
  }

  /** @param field the place within its state, as an error's location tells it: `Arguments/Message/token` */
  private parseTemplate(value: Json, path: string, field: string): Template {
    const parsePart = (part: Json, key: string): Template =>
      this.parseTemplate(part, `${path}/${key}`, `${field}/${key}`);
    if (typeof value === "string") return this.parseText(value, path, field);
    if (Array.isArray(value)) return folded({ kind: "list", items: value.map((item, at) => parsePart(item, `${at}`)) });
    if (!isObject(value)) return { kind: "constant", value };
    return folded({
      kind: "object",
      entries: Object.entries(value).map(([key, part]) => [key, parsePart(part, key)] as const),
    });
  }

  private parseText(text: string, path: string, field: string): Template {
    const source = expressionIn(text);
    if (source === undefined) {
      if (text.startsWith("{%") || text.endsWith("%}"))
        this.problems.add(path, `'${text}' has only one of the braces {% and %}`);
      return { kind: "constant", value: text };
    }
    try {
      return { kind: "expression", expression: compileExpression(source, this.world), field };
    } catch (error) {
      this.problems.add(path, `The JSONata expression '${source}' is not valid: ${messageOf(error)}`);
      return { kind: "constant", value: null };
    }
  }
}

/** A part without any expression is a constant, so that it is not built anew for each execution. */
function folded(template: Template): Template {
  if (template.kind === "list") {
    const items = template.items.flatMap((item) => (item.kind === "constant" ? [item.value] : []));
    return items.length === template.items.length ? { kind: "constant", value: items } : template;
  }
  if (template.kind === "object") {
    const entries = template.entries.flatMap(([key, part]) =>
      part.kind === "constant" ? [[key, part.value] as const] : [],
    );
    if (entries.length === template.entries.length) return { kind: "constant", value: Object.fromEntries(entries) };
  }
  return template;
}

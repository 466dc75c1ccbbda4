import type jsonata from "jsonata";
import { type Builtin, isPlainObject, isTrue, leave, NEEDS_LIBRARY, textOf, type Value } from "./jsonata-builtins";

/** What an expression gives for `$states`, or {@link NEEDS_LIBRARY}. */
export type QuickExpression = (states: Value) => Value;

/** A part of an expression: its value, given the variables in their places and the context item `$`. */
type Part = (frame: Value[], context: Value) => Value;

/**
 * Compiles a parsed expression into plain functions. JSONata's own evaluation waits for a promise at every node, which
 * for the expressions of a state machine costs a hundred times what they compute.
 *
 * Only what needs none of JSONata's rules about sequences is done here: variables, steps through objects, conditions,
 * operators on single values, blocks, constructors, the functions handed in, and lambdas that are bound to a variable of
 * the outermost block. Whatever else is met (a list on a path, an argument of another type, any failure) makes the whole
 * expression {@link NEEDS_LIBRARY}: the library then evaluates it from the beginning, which is harmless because nothing
 * here has an effect.
 *
 * @param builtins by name, without `$`
 */
export function compileQuickly(ast: jsonata.ExprNode, builtins: ReadonlyMap<string, Builtin>): QuickExpression {
  const compiler = new Compiler(builtins, bindsTwice(ast));
  const scope = new Scope(undefined);
  const statesAt = compiler.place(scope, "states");
  const part = compiler.compile(ast, scope);
  return (states) => {
    const frame = new Array<Value>(compiler.places);
    frame[statesAt] = states;
    try {
      return part(frame, undefined);
    } catch (reason) {
      if (reason === NEEDS_LIBRARY) return NEEDS_LIBRARY;
      throw reason;
    }
  };
}

/** Any node: what the library's own types leave out is read with care. */
type Node = { readonly type: string; readonly value?: unknown; readonly [key: string]: unknown };

/** Names by block, the innermost first. Each has a place of its own in the one frame of an evaluation. */
class Scope {
  readonly places = new Map<string, number>();
  readonly lambdas = new Map<string, Lambda>();

  constructor(readonly outer: Scope | undefined) {}

  /** Undefined when the name is bound to no value that has a place. */
  find(name: string): number | undefined {
    return this.lambdas.has(name) ? undefined : (this.places.get(name) ?? this.outer?.find(name));
  }

  /** Undefined when the name is no lambda, or is hidden by something else. */
  lambda(name: string): Lambda | undefined {
    return this.places.has(name) ? undefined : (this.lambdas.get(name) ?? this.outer?.lambda(name));
  }

  isBound(name: string): boolean {
    return this.places.has(name) || this.lambdas.has(name) || (this.outer?.isBound(name) ?? false);
  }
}

interface Lambda {
  /** The places of its parameters. */
  readonly parameters: readonly number[];
  readonly body: Part;
}

const LEAVE: Part = () => leave();

/** Keys that change nothing of a node's meaning. */
const INERT_KEYS = new Set(["type", "value", "position"]);

class Compiler {
  places = 0;

  constructor(
    private readonly builtins: ReadonlyMap<string, Builtin>,
    /** Then what a lambda's variable means could depend on when it is called. */
    private readonly bindsTwice: boolean,
  ) {}

  place(scope: Scope, name: string): number {
    const place = scope.places.get(name) ?? this.places++;
    scope.places.set(name, place);
    scope.lambdas.delete(name);
    return place;
  }

  compile(given: unknown, scope: Scope): Part {
    if (!isNode(given)) return LEAVE;
    switch (given.type) {
      case "string":
      case "number":
      case "value":
        return hasOnly(given) ? constant(given.value) : LEAVE;
      case "variable":
        return hasOnly(given) ? this.variable(given, scope) : LEAVE;
      case "path":
        return hasOnly(given, "steps") ? this.path(nodesOf(given.steps), scope) : LEAVE;
      case "condition":
        return hasOnly(given, "condition", "then", "else") ? this.condition(given, scope) : LEAVE;
      case "binary":
        return hasOnly(given, "lhs", "rhs") ? this.binary(given, scope) : LEAVE;
      case "unary":
        return this.unary(given, scope);
      case "block":
        return hasOnly(given, "expressions") ? this.block(nodesOf(given.expressions), new Scope(scope)) : LEAVE;
      case "function":
        return this.call(given, scope);
      case "lambda":
        // A call in the place of a lambda's result, which the library delays and this does at once.
        return given.thunk === true ? this.compile(given.body, scope) : LEAVE;
      default:
        return LEAVE;
    }
  }

  private variable({ value: name }: Node, scope: Scope): Part {
    if (name === "") return (_, context) => (typeof context === "object" ? leave() : context);
    const place = typeof name === "string" ? scope.find(name) : undefined;
    return place === undefined ? LEAVE : (frame) => frame[place];
  }

  private path(steps: readonly Node[], scope: Scope): Part {
    const [first, ...rest] = steps;
    if (first === undefined) return LEAVE;
    if (first.consarray === true) return this.eachOf(first, rest, scope);
    const begin = first.type === "variable" ? this.compile(first, scope) : this.step(first, scope);
    const parts = rest.map((step) => this.step(step, scope));
    return (frame, context) => {
      if (Array.isArray(context)) leave();
      let value = begin(frame, context);
      for (const part of parts) {
        if (value === undefined) return undefined;
        if (Array.isArray(value)) leave();
        value = part(frame, value);
      }
      return value;
    };
  }

  /** `[a, b].step`: a list made on the spot, whose items go through the steps each. */
  private eachOf(list: Node, steps: readonly Node[], scope: Scope): Part {
    if (!hasOnly(list, "expressions", "consarray")) return LEAVE;
    const items = this.list(nodesOf(list.expressions), scope);
    const parts = steps.map((step) => this.step(step, scope));
    return (frame, context) => {
      const found = items(frame, context).map((item) =>
        parts.reduce<Value>((value, part) => {
          if (value === undefined) return undefined;
          return Array.isArray(value) ? leave() : part(frame, value);
        }, item),
      );
      const values = found.filter((value) => value !== undefined);
      // Of one item the library makes the item, of several a sequence, of none it depends.
      return values.length === 1 && !Array.isArray(values[0]) ? values[0] : leave();
    };
  }

  private step(step: Node, scope: Scope): Part {
    if (step.type === "function") return this.compile(step, scope);
    const { value: name } = step;
    if (step.type !== "name" || typeof name !== "string" || !hasOnly(step)) return LEAVE;
    return (_, context) => {
      if (Array.isArray(context)) leave();
      return isPlainObject(context) && Object.hasOwn(context, name) ? context[name] : undefined;
    };
  }

  private condition({ condition, then, else: otherwise }: Node, scope: Scope): Part {
    const asked = this.compile(condition, scope);
    const yes = this.compile(then, scope);
    const no = otherwise === undefined ? constant(undefined) : this.compile(otherwise, scope);
    return (frame, context) => (isTrue(asked(frame, context)) ? yes(frame, context) : no(frame, context));
  }

  private binary({ value: operator, lhs, rhs }: Node, scope: Scope): Part {
    const left = this.compile(lhs, scope);
    const right = this.compile(rhs, scope);
    if (operator === "and") return (frame, context) => isTrue(left(frame, context)) && isTrue(right(frame, context));
    if (operator === "or") return (frame, context) => isTrue(left(frame, context)) || isTrue(right(frame, context));
    const compute = typeof operator === "string" ? OPERATORS[operator] : undefined;
    return compute === undefined ? LEAVE : (frame, context) => compute(left(frame, context), right(frame, context));
  }

  private unary(node: Node, scope: Scope): Part {
    switch (node.value) {
      case "[":
        return hasOnly(node, "expressions") ? this.list(nodesOf(node.expressions), scope) : LEAVE;
      case "{":
        return hasOnly(node, "lhs") ? this.object(node.lhs, scope) : LEAVE;
      case "-": {
        if (!hasOnly(node, "expression")) return LEAVE;
        const part = this.compile(node.expression, scope);
        return (frame, context) => {
          const value = part(frame, context);
          return value === undefined ? undefined : -numberOf(value);
        };
      }
      default:
        return LEAVE;
    }
  }

  private list(items: readonly Node[], scope: Scope): (frame: Value[], context: Value) => Value[] {
    const parts = items.map((item) => [this.compile(item, scope), item.value === "["] as const);
    if (items.every(isLiteral)) {
      const made = items.map(({ value }) => value);
      return () => made;
    }
    return (frame, context) => {
      const list: Value[] = [];
      for (const [part, isList] of parts) {
        const value = part(frame, context);
        if (value === undefined) continue;
        if (Array.isArray(value) && !isList) list.push(...value);
        else list.push(value);
      }
      return list;
    };
  }

  private object(pairs: unknown, scope: Scope): Part {
    const entries = (Array.isArray(pairs) ? pairs : []).map((pair) => nodesOf(pair));
    const keys = entries.map(([key]) => (key?.type === "string" && hasOnly(key) ? String(key.value) : undefined));
    // What would be an error, or a key of the library's own, is left to it.
    const isOrdinary = keys.every((key, at) => key !== undefined && !UNUSUAL_KEYS.has(key) && keys.indexOf(key) === at);
    if (!isOrdinary) return LEAVE;
    const parts = entries.map(([key, value], at) => [keys[at] ?? String(key), this.compile(value, scope)] as const);
    if (entries.every(([, value]) => value !== undefined && isLiteral(value))) {
      const made = objectOf(parts, [], undefined);
      return (_, context) => (Array.isArray(context) ? leave() : made);
    }
    return (frame, context) => {
      if (Array.isArray(context)) leave();
      return objectOf(parts, frame, context);
    };
  }

  private block(expressions: readonly Node[], scope: Scope): Part {
    const parts = expressions.flatMap((expression, at) => {
      const isLast = at === expressions.length - 1;
      if (expression.type !== "bind") return [this.compile(expression, scope)];
      return this.bind(expression, scope, isLast) ?? [];
    });
    return (frame, context) => {
      let value: Value;
      for (const part of parts) value = part(frame, context);
      return value;
    };
  }

  /** @returns undefined for a lambda, which is called where it is used */
  private bind(node: Node, scope: Scope, isLast: boolean): Part | undefined {
    const name = isNode(node.lhs) ? node.lhs.value : undefined;
    if (typeof name !== "string" || !hasOnly(node, "lhs", "rhs")) return LEAVE;
    const lambda = isLast ? undefined : this.lambda(node.rhs, scope);
    if (lambda !== undefined) {
      scope.places.delete(name);
      scope.lambdas.set(name, lambda);
      return undefined;
    }
    const part = this.compile(node.rhs, scope);
    const place = this.place(scope, name);
    return (frame, context) => {
      const value = part(frame, context);
      frame[place] = value;
      return value;
    };
  }

  /** Of the outermost block only, whose context is nothing, as that of a lambda's body is. */
  private lambda(node: unknown, scope: Scope): Lambda | undefined {
    if (!isNode(node) || node.type !== "lambda" || node.thunk === true) return undefined;
    const isPlain = hasOnly(node, "arguments", "body") && scope.outer?.outer === undefined && !this.bindsTwice;
    if (!isPlain) return { parameters: [], body: LEAVE };
    const inner = new Scope(scope);
    const parameters = nodesOf(node.arguments).map(({ value }) => this.place(inner, String(value)));
    return { parameters, body: this.compile(node.body, inner) };
  }

  private call(node: Node, scope: Scope): Part {
    const { procedure } = node;
    const name = isNode(procedure) && procedure.type === "variable" ? procedure.value : undefined;
    if (typeof name !== "string") return LEAVE;
    const args = nodesOf(node.arguments).map((argument) => this.compile(argument, scope));
    if (name === "keys" && !scope.isBound(name)) return this.keys(node, args, scope);
    if (!hasOnly(node, "arguments", "procedure")) return LEAVE;
    const lambda = scope.lambda(name);
    if (lambda !== undefined) return this.callLambda(lambda, args);
    const builtin = scope.isBound(name) ? undefined : this.builtins.get(name);
    if (builtin === undefined) return LEAVE;
    const [first, second, ...more] = args;
    if (first !== undefined && second === undefined) return (frame, context) => builtin([first(frame, context)]);
    if (first !== undefined && second !== undefined && more.length === 0)
      return (frame, context) => builtin([first(frame, context), second(frame, context)]);
    return (frame, context) => builtin(args.map((arg) => arg(frame, context)));
  }

  private callLambda({ parameters, body }: Lambda, args: readonly Part[]): Part {
    return (frame, context) => {
      const values = args.map((arg) => arg(frame, context));
      parameters.forEach((place, at) => {
        frame[place] = values[at];
      });
      return body(frame, undefined);
    };
  }

  /** `$keys(object)`, and `$keys(object)[condition]`. */
  private keys(node: Node, args: readonly Part[], scope: Scope): Part {
    const [object, ...more] = args;
    const filters = node.predicate === undefined ? [] : nodesOf(node.predicate);
    if (object === undefined || more.length > 0 || filters.length > 1) return LEAVE;
    if (!hasOnly(node, "arguments", "procedure", "predicate") || !filters.every(isFilter)) return LEAVE;
    const conditions = filters.map(({ expr }) => this.compile(expr, scope));
    return (frame, context) => {
      const names = keysOf(object(frame, context));
      const kept = names.filter((name) => conditions.every((condition) => isYes(condition(frame, name))));
      return kept.length < 2 ? kept[0] : leave();
    };
  }
}

const constant =
  (value: Value): Part =>
  () =>
    value;

/** What is made of literals only is made once: nobody changes it. */
const isLiteral = (node: Node): boolean => ["string", "number", "value"].includes(node.type) && hasOnly(node);

const isFilter = (node: Node): boolean => node.type === "filter" && hasOnly(node, "expr");

/** Anything else than a truth value may be an index. */
const isYes = (value: Value): boolean => (typeof value === "boolean" ? value : leave());

function keysOf(value: Value): string[] {
  if (Array.isArray(value)) return leave();
  return isPlainObject(value) ? Object.keys(value) : [];
}

/** Keys with which the library, or an object, does something of its own. */
const UNUSUAL_KEYS: ReadonlySet<string | undefined> = new Set([
  "__proto__",
  "_jsonata_lambda",
  "_jsonata_function",
  "outerWrapper",
]);

function objectOf(parts: readonly (readonly [key: string, part: Part])[], frame: Value[], context: Value): Value {
  const object: { [key: string]: Value } = {};
  for (const [key, part] of parts) {
    const value = part(frame, context);
    if (value !== undefined) object[key] = value;
  }
  return object;
}

const numberOf = (value: Value): number => (typeof value === "number" && Number.isFinite(value) ? value : leave());

const isSingle = (value: Value): boolean => value === null || typeof value !== "object";

type Operator = (left: Value, right: Value) => Value;

const equality =
  (isWanted: boolean): Operator =>
  (left, right) => {
    if (left === undefined || right === undefined) return false;
    return isSingle(left) && isSingle(right) ? (left === right) === isWanted : leave();
  };

const arithmetic =
  (compute: (left: number, right: number) => number): Operator =>
  (left, right) => {
    const a = left === undefined ? undefined : numberOf(left);
    const b = right === undefined ? undefined : numberOf(right);
    return a === undefined || b === undefined ? undefined : compute(a, b);
  };

const comparison =
  (compare: (left: number | string, right: number | string) => boolean): Operator =>
  (left, right) => {
    if (typeof left === "number" && typeof right === "number") return compare(left, right);
    return typeof left === "string" && typeof right === "string" ? compare(left, right) : leave();
  };

function isIn(left: Value, right: Value): boolean {
  if (left === undefined || right === undefined) return false;
  return Array.isArray(right) ? right.indexOf(left) >= 0 : left === right;
}

const OPERATORS: Readonly<Record<string, Operator>> = {
  "=": equality(true),
  "!=": equality(false),
  "&": (left, right) => (textOf(left) ?? "") + (textOf(right) ?? ""),
  "+": arithmetic((a, b) => a + b),
  "-": arithmetic((a, b) => a - b),
  "*": arithmetic((a, b) => a * b),
  "/": arithmetic((a, b) => a / b),
  "%": arithmetic((a, b) => a % b),
  "<": comparison((a, b) => a < b),
  "<=": comparison((a, b) => a <= b),
  ">": comparison((a, b) => a > b),
  ">=": comparison((a, b) => a >= b),
  in: isIn,
};

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";

const nodesOf = (value: unknown): Node[] => (Array.isArray(value) ? value.filter(isNode) : []);

/** Whether nothing else is said of the node: a key that is not known here may change what it means. */
const hasOnly = (node: Node, ...keys: readonly string[]): boolean =>
  Object.keys(node).every((key) => INERT_KEYS.has(key) || keys.includes(key) || node[key] === undefined);

/** Whether a name is bound by `:=` more than once, or so bound and a parameter, too. */
function bindsTwice(ast: unknown): boolean {
  const bound: unknown[] = [];
  const parameters = new Set<unknown>();
  const visit = (part: unknown): void => {
    if (typeof part !== "object" || part === null) return;
    if (isNode(part) && part.type === "bind" && isNode(part.lhs)) bound.push(part.lhs.value);
    if (isNode(part) && part.type === "lambda") for (const { value } of nodesOf(part.arguments)) parameters.add(value);
    for (const inner of Object.values(part)) visit(inner);
  };
  visit(ast);
  return new Set(bound).size < bound.length || bound.some((name) => parameters.has(name));
}

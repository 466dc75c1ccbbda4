import { RESERVED_WORDS } from "./reserved-words";
import { invalid, type Value } from "./values";

/** Attribute names from the item inwards. */
export type Path = readonly string[];
export type Operand =
  | { readonly kind: "path"; readonly path: Path }
  | { readonly kind: "value"; readonly value: Value };
export type Comparator = "=" | "<>" | "<" | "<=" | ">" | ">=";

/** A ConditionExpression, read. */
export type Condition =
  | { readonly kind: "and" | "or"; readonly left: Condition; readonly right: Condition }
  | { readonly kind: "not"; readonly condition: Condition }
  | { readonly kind: "exists"; readonly path: Path; readonly isWanted: boolean }
  | { readonly kind: "compare"; readonly comparator: Comparator; readonly left: Operand; readonly right: Operand };

export type SetValue =
  | Operand
  | { readonly kind: "ifNotExists"; readonly path: Path; readonly otherwise: Operand }
  | { readonly kind: "+" | "-"; readonly left: SetValue; readonly right: SetValue };

/** One clause of an UpdateExpression, read. */
export type Update =
  | { readonly kind: "set"; readonly path: Path; readonly value: SetValue }
  | { readonly kind: "remove"; readonly path: Path }
  | { readonly kind: "add"; readonly path: Path; readonly value: Value };

/** What the placeholders of all of a request's expressions stand for; knows in the end which were never used. */
export class Placeholders {
  private readonly used = new Set<string>();

  constructor(
    private readonly names: ReadonlyMap<string, string>,
    private readonly values: ReadonlyMap<string, Value>,
  ) {}

  name(placeholder: string): string {
    this.used.add(placeholder);
    const name = this.names.get(placeholder);
    if (name !== undefined) return name;
    throw new Error(
      `An expression attribute name used in the document path is not defined; attribute name: ${placeholder}`,
    );
  }

  value(placeholder: string): Value {
    this.used.add(placeholder);
    const value = this.values.get(placeholder);
    if (value !== undefined) return value;
    throw new Error(`An expression attribute value used in expression is not defined; attribute value: ${placeholder}`);
  }

  /** @throws ServiceError ValidationException when one was given and not used */
  checkAllUsed(): void {
    for (const [kind, given] of [
      ["Names", this.names],
      ["Values", this.values],
    ] as const) {
      const unused = [...given.keys()].filter((placeholder) => !this.used.has(placeholder));
      if (unused.length > 0)
        throw invalid(
          `Value provided in ExpressionAttribute${kind} unused in expressions: keys: {${unused.join(", ")}}`,
        );
    }
  }
}

/** @throws ServiceError ValidationException */
export const parseCondition = (text: string, placeholders: Placeholders): Condition =>
  parse("ConditionExpression", text, placeholders, (parser) => parser.condition());

/** @throws ServiceError ValidationException */
export const parseUpdate = (text: string, placeholders: Placeholders): Update[] =>
  parse("UpdateExpression", text, placeholders, (parser) => parser.updates());

function parse<T>(kind: string, text: string, placeholders: Placeholders, read: (parser: Parser) => T): T {
  try {
    if (text.trim() === "") throw new Error("The expression can not be empty;");
    const parser = new Parser(text, placeholders);
    const result = read(parser);
    parser.end();
    return result;
  } catch (error) {
    throw invalid(`Invalid ${kind}: ${error instanceof Error ? error.message : error}`);
  }
}

const TOKEN = /\s*(?:([A-Za-z_][A-Za-z0-9_]*|[#:][A-Za-z0-9_]+|<>|<=|>=|[=<>(),.+-])|(\S))/y;
const COMPARATORS: readonly string[] = ["=", "<>", "<", "<=", ">", ">="];
const isComparator = (token: string | undefined): token is Comparator =>
  token !== undefined && COMPARATORS.includes(token);

/** Recursive descent. Functions and clauses that are not modelled (BETWEEN, IN, begins_with, DELETE, …) do not parse. */
class Parser {
  private readonly tokens: string[] = [];
  private at = 0;

  constructor(
    text: string,
    private readonly placeholders: Placeholders,
  ) {
    const pattern = new RegExp(TOKEN);
    for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
      this.tokens.push(match[1] ?? match[2] ?? "");
      if (match[1] === undefined) throw this.unexpected(this.tokens.length - 1);
    }
  }

  end(): void {
    if (this.at < this.tokens.length) throw this.unexpected();
  }

  condition(): Condition {
    let left = this.conjunction();
    while (this.acceptWord("OR")) left = { kind: "or", left, right: this.conjunction() };
    return left;
  }

  updates(): Update[] {
    const updates: Update[] = [];
    const clauses: ReadonlyMap<string, () => Update> = new Map([
      ["SET", () => this.set()],
      ["REMOVE", (): Update => ({ kind: "remove", path: this.path() })],
      ["ADD", () => this.add()],
    ]);
    const seen = new Set<string>();
    while (this.at < this.tokens.length) {
      const clause = (this.peek() ?? "").toUpperCase();
      const read = clauses.get(clause);
      if (read === undefined) throw this.unexpected();
      if (seen.has(clause)) throw new Error(`The "${clause}" section can only be used once in an update expression;`);
      seen.add(clause);
      this.at++;
      do updates.push(read());
      while (this.accept(","));
    }
    checkOverlap(updates.map(({ path }) => path));
    return updates;
  }

  private conjunction(): Condition {
    let left = this.negation();
    while (this.acceptWord("AND")) left = { kind: "and", left, right: this.negation() };
    return left;
  }

  private negation(): Condition {
    if (this.acceptWord("NOT")) return { kind: "not", condition: this.negation() };
    if (this.accept("(")) {
      const inner = this.condition();
      this.expect(")");
      return inner;
    }
    for (const [name, isWanted] of [
      ["attribute_exists", true],
      ["attribute_not_exists", false],
    ] as const)
      if (this.acceptCall(name)) {
        const path = this.path();
        this.expect(")");
        return { kind: "exists", path, isWanted };
      }
    const left = this.operand();
    const comparator = this.peek();
    if (!isComparator(comparator)) throw this.unexpected();
    this.at++;
    return { kind: "compare", comparator, left, right: this.operand() };
  }

  private set(): Update {
    const path = this.path();
    this.expect("=");
    const left = this.setOperand();
    for (const kind of ["+", "-"] as const)
      if (this.accept(kind)) return { kind: "set", path, value: { kind, left, right: this.setOperand() } };
    return { kind: "set", path, value: left };
  }

  private setOperand(): SetValue {
    if (this.accept("(")) {
      const inner = this.setOperand();
      this.expect(")");
      return inner;
    }
    if (!this.acceptCall("if_not_exists")) return this.operand();
    const path = this.path();
    this.expect(",");
    const otherwise = this.operand();
    this.expect(")");
    return { kind: "ifNotExists", path, otherwise };
  }

  private add(): Update {
    const path = this.path();
    const token = this.next();
    if (token === undefined || !token.startsWith(":")) throw this.unexpected(this.at - 1);
    const value = this.placeholders.value(token);
    if (!["N", "SS", "NS", "BS"].includes(value.type))
      throw new Error(
        `Incorrect operand type for operator or function; operator: ADD, operand type: ${TYPE_NAMES[value.type]}, typeSet: ALLOWED_FOR_ADD_OPERAND`,
      );
    return { kind: "add", path, value };
  }

  private operand(): Operand {
    const token = this.peek();
    if (!token?.startsWith(":")) return { kind: "path", path: this.path() };
    this.at++;
    return { kind: "value", value: this.placeholders.value(token) };
  }

  private path(): Path {
    const path: string[] = [];
    do {
      const token = this.next();
      if (token === undefined || !/^[#A-Za-z_]/.test(token)) throw this.unexpected(this.at - 1);
      if (RESERVED_WORDS.has(token.toUpperCase()))
        throw new Error(`Attribute name is a reserved keyword; reserved keyword: ${token}`);
      path.push(token.startsWith("#") ? this.placeholders.name(token) : token);
    } while (this.accept("."));
    return path;
  }

  private peek(): string | undefined {
    return this.tokens[this.at];
  }

  private next(): string | undefined {
    return this.tokens[this.at++];
  }

  private accept(token: string): boolean {
    if (this.peek() !== token) return false;
    this.at++;
    return true;
  }

  private acceptWord(word: string): boolean {
    return this.accept(this.peek()?.toUpperCase() === word ? (this.peek() ?? word) : word);
  }

  private acceptCall(name: string): boolean {
    if (this.peek() !== name || this.tokens[this.at + 1] !== "(") return false;
    this.at += 2;
    return true;
  }

  private expect(token: string): void {
    if (!this.accept(token)) throw this.unexpected();
  }

  private unexpected(at = this.at): Error {
    const near = this.tokens.slice(Math.max(at - 1, 0), at + 2).join(" ");
    return new Error(`Syntax error; token: "${this.tokens[at] ?? "<EOF>"}", near: "${near}"`);
  }
}

function checkOverlap(paths: readonly Path[]): void {
  paths.forEach((one, at) => {
    for (const other of paths.slice(at + 1))
      if (one.every((name, i) => i >= other.length || name === other[i]))
        throw new Error(
          `Two document paths overlap with each other; must remove or rewrite one of these paths; path one: ${renderPath(one)}, path two: ${renderPath(other)}`,
        );
  });
}

const renderPath = (path: Path): string => `[${path.join(", ")}]`;

const TYPE_NAMES: Readonly<Record<Value["type"], string>> = {
  S: "STRING",
  N: "NUMBER",
  B: "BINARY",
  BOOL: "BOOLEAN",
  NULL: "NULL",
  L: "LIST",
  M: "MAP",
  SS: "SS",
  NS: "NS",
  BS: "BS",
};

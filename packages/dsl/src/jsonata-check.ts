import jsonata from "jsonata";

/** A compiled expression's tree, or what is wrong in it and where. */
export type Compiled =
  | { readonly ast: object }
  | { readonly ast: undefined; readonly problem: string; readonly start: number; readonly end: number };

/** The last expressions: each is looked at by several rules, in the file and in its environments. */
const compiled = new Map<string, Compiled>();
const MAX_COMPILED = 100;

/** Compiles JSONata without its braces. Offsets are into `code`. */
export function compileExpression(code: string): Compiled {
  const known = compiled.get(code);
  if (known !== undefined) return known;
  if (compiled.size >= MAX_COMPILED) compiled.clear();
  const fresh = compile(code);
  compiled.set(code, fresh);
  return fresh;
}

function compile(code: string): Compiled {
  if (code.trim() === "")
    return { ast: undefined, problem: "there is no expression in these braces", start: 0, end: code.length };
  try {
    return { ast: jsonata(code).ast() };
  } catch (error) {
    return { ast: undefined, ...describe(error, code) };
  }
}

/** The library throws plain records with a code from a closed set; the words for people are ours. */
const PROBLEMS: Readonly<Record<string, string>> = {
  S0101: "a text that is not closed",
  S0102: "a number that is too large",
  S0103: "an escape that JSONata does not know",
  S0104: "\\u wants four hexadecimal digits",
  S0105: "a name in backquotes that is not closed",
  S0106: "a comment that is not closed",
  S0207: "the expression ends too early",
  S0208: "a parameter is a name with a dollar",
  S0209: "a filter cannot follow a grouping",
  S0210: "only one grouping a step",
  S0212: "left of := stands a name with a dollar",
  S0213: "a literal cannot be a step of a path",
  S0214: "right of it stands a name with a dollar",
  S0215: "the binding must come before the filter",
  S0216: "the binding must come before the order",
  S0217: "there is nothing above to which % could lead",
  S0301: "a regular expression that is empty",
  S0302: "a regular expression that is not closed",
};

function describe(thrown: unknown, code: string): { problem: string; start: number; end: number } {
  const fields = typeof thrown === "object" && thrown !== null ? thrown : {};
  const read = (name: string): unknown => Object.entries(fields).find(([key]) => key === name)?.[1];
  const name = String(read("code") ?? "");
  const token = String(read("token") ?? "");
  const isAtEnd = token === "(end)";
  const end = typeof read("position") === "number" ? Math.min(Number(read("position")), code.length) : code.length;
  const start = isAtEnd || !code.slice(0, end).endsWith(token) ? Math.max(0, end - 1) : end - token.length;
  const expected = read("value") === undefined ? "" : String(read("value"));
  return {
    problem: PROBLEMS[name] ?? expectation(name, expected, isAtEnd ? "" : token),
    start,
    end: Math.max(end, start + 1),
  };
}

function expectation(name: string, expected: string, token: string): string {
  if (name === "S0203" && expected) return `${expected} is missing`;
  if (name === "S0202" && expected) return `${expected} is missing before ${token}`;
  return token ? `${token} cannot stand here` : "JSONata cannot read this";
}

/** A variable or function that nothing defines, with its place in the code. */
export interface UnboundVariable {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** What an expression reads by a dollar that is neither given, nor JSONata's own, nor defined in the expression. */
export function unboundVariables(ast: object, given: readonly string[]): UnboundVariable[] {
  const nodes = nodesOf(ast);
  const bound = new Set<unknown>(["", "$", ...given, ...FUNCTIONS]);
  for (const node of nodes) {
    // A name bound anywhere counts everywhere: too kind to shadowed scopes, never unjust to a right expression.
    if (node.type === "bind") bound.add(field(node.lhs, "value"));
    if (node.type === "lambda" && Array.isArray(node.arguments))
      for (const one of node.arguments) bound.add(field(one, "value"));
    bound.add(node.focus).add(field(node.index, "value")).add(node.index);
  }
  return nodes.flatMap(({ type, value, position }) => {
    if (type !== "variable" || typeof value !== "string" || bound.has(value) || typeof position !== "number") return [];
    return [{ name: value, start: position - value.length - 1, end: position }];
  });
}

/** A field that an expression reads, with its place in the code. */
export interface FieldStep {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/**
 * The fields that an expression reads of a variable, outermost first: `$request.a.b` gives a and b. A path ends where
 * something else than a name follows.
 *
 * @returns nothing when the expression gives the variable another meaning
 */
export function fieldsOf(ast: object, code: string, variable: string): FieldStep[][] {
  const nodes = nodesOf(ast);
  if (nodes.some((node) => rebinds(node, variable))) return [];
  return nodes.flatMap(({ type, steps }) => {
    const [first, ...rest] = type === "path" && Array.isArray(steps) ? steps : [];
    if (field(first, "type") !== "variable" || field(first, "value") !== variable) return [];
    const end = rest.findIndex((step) => field(step, "type") !== "name");
    const named = end < 0 ? rest : rest.slice(0, end);
    return named.length > 0 ? [named.map((step) => fieldStep(step, code))] : [];
  });
}

function rebinds(node: AstNode, variable: string): boolean {
  if (node.focus === variable || node.index === variable || field(node.index, "value") === variable) return true;
  if (node.type === "bind") return field(node.lhs, "value") === variable;
  const parameters = node.type === "lambda" && Array.isArray(node.arguments) ? node.arguments : [];
  return parameters.some((one) => field(one, "value") === variable);
}

/** The library gives the end of a name; behind one in quotes stands the closing quote. */
function fieldStep(step: unknown, code: string): FieldStep {
  const name = String(field(step, "value"));
  const start = code.lastIndexOf(name, Number(field(step, "position")) - name.length);
  return { name, start, end: start + name.length };
}

type AstNode = Readonly<Record<string, unknown>>;

const nodes = new WeakMap<object, readonly AstNode[]>();

/** Every node of an expression; found once, since several rules ask. */
function nodesOf(ast: object): readonly AstNode[] {
  const known = nodes.get(ast);
  if (known !== undefined) return known;
  const found: AstNode[] = [];
  collect(ast, found);
  nodes.set(ast, found);
  return found;
}

function collect(node: unknown, found: AstNode[]): void {
  if (typeof node !== "object" || node === null) return;
  if (isNode(node)) found.push(node);
  for (const child of Object.values(node)) collect(child, found);
}

const isNode = (value: object): value is AstNode => !Array.isArray(value);

function field(node: unknown, name: string): unknown {
  return typeof node === "object" && node !== null && isNode(node) && Object.hasOwn(node, name)
    ? node[name]
    : undefined;
}

/** JSONata 2's own functions; the library keeps its list to itself. */
const FUNCTIONS =
  `sum count max min average string substring substringBefore substringAfter lowercase uppercase length trim
pad match contains replace split join formatNumber formatBase formatInteger parseInteger number floor ceil round abs sqrt
power random boolean not map zip filter single reduce sift keys lookup append exists spread merge reverse each error
assert type sort shuffle distinct base64encode base64decode encodeUrlComponent encodeUrl decodeUrlComponent decodeUrl eval
toMillis fromMillis clone now millis`.split(/\s+/);

import { didYouMean } from "../did-you-mean";
import { stripBraces } from "../expressions";
import { compileExpression, type FieldStep, fieldsOf } from "../jsonata-check";
import { isMap, valueAt } from "../merge-patch";
import type { Path } from "../parse";
import { operationsOf } from "../places";
import { propertyOf } from "../request-fields";
import { defineRule, text } from "../rule";
import type { Json } from "../units";

export const unknownRequestField = defineRule({
  id: "SL052",
  name: "unknown-request-field",
  severity: "error",
  messages: {
    refused: {
      what: text`no request has ${"name"}`,
      why: text`It is not in the properties of the request's schema (operations.${"operations"}), and a request with more than these is refused. Here it would always be empty.`,
      mend: text`${"advice"}`,
    },
    mistyped: {
      what: text`the request has no property ${"name"}`,
      why: text`The request's schema (operations.${"operations"}) declares ${"guess"}, which is spelt almost alike.`,
      mend: text`Did you mean ${"guess"}? If ${"name"} is another one, add it to the properties.`,
    },
  },
  check: ({ value }, report) => {
    for (const { path, operations } of readersOf(value)) {
      const schemas = operations.map((name) => valueAt(value, ["operations", name, "request"]));
      for (const { steps, offset } of readsAt(value, path)) {
        const lost = lostStep(steps, schemas);
        if (!lost) continue;
        const { step, known, isClosed } = lost;
        const guess = didYouMean(step.name, known);
        const place = { path, slice: [offset + step.start, offset + step.end] as const };
        const holes = { name: step.name, operations: operations.join(", ") };
        if (isClosed) report("refused", place, { ...holes, advice: adviceFor(step.name, guess, known) });
        else if (guess && step.name.length >= TELLING_CHARS) report("mistyped", place, { ...holes, guess });
      }
    }
  },
});

/** Shorter names resemble each other by chance: `to` and `no` are two words. */
const TELLING_CHARS = 4;

interface Reader {
  readonly path: Path;
  /** Whose requests it may read. */
  readonly operations: readonly string[];
}

/** The expressions that see the request. */
function readersOf(value: Json | undefined): Reader[] {
  const operations = operationsOf(value);
  const outcomes = valueAt(value, ["outcomes"]);
  const shared: Path[] = [
    ...Object.keys(isMap(outcomes) ? outcomes : {}).map((name) => ["outcomes", name, "when"]),
    ["fairness", "by"],
  ];
  const own = operations.flatMap(([name, { parameters }]) => {
    const paths: Path[] = [["answer"], ["body"]];
    const more = Object.keys(isMap(parameters) ? parameters : {}).map((parameter): Path => ["parameters", parameter]);
    return [...paths, ...more].map((path) => ({ path: ["operations", name, ...path], operations: [name] }));
  });
  return [...own, ...shared.map((path) => ({ path, operations: operations.map(([name]) => name) }))];
}

function readsAt(value: Json | undefined, path: Path): { steps: FieldStep[]; offset: number }[] {
  const text = valueAt(value, path);
  const found = typeof text === "string" ? stripBraces(text) : undefined;
  const ast = found && compileExpression(found.code).ast;
  return ast ? fieldsOf(ast, found.code, "request").map((steps) => ({ steps, offset: found.offset })) : [];
}

interface Lost {
  readonly step: FieldStep;
  readonly known: readonly string[];
  readonly isClosed: boolean;
}

/** The first step that none of the schemas declares; undefined where one of them does, or may. */
function lostStep(steps: readonly FieldStep[], schemas: readonly (Json | undefined)[]): Lost | undefined {
  const [step, ...rest] = steps;
  if (!step || schemas.length === 0) return undefined;
  const found = schemas.map((schema) => propertyOf(schema, step.name));
  if (found.some(({ kind }) => kind === "open")) return undefined;
  const declared = found.flatMap((one) => (one.kind === "declared" ? [one.schema] : []));
  if (declared.length > 0) return lostStep(rest, declared);
  const undeclared = found.flatMap((one) => (one.kind === "undeclared" ? [one] : []));
  const known = [...new Set(undeclared.flatMap((one) => one.known))];
  return { step, known, isClosed: undeclared.every(({ isClosed }) => isClosed) };
}

function adviceFor(name: string, guess: string | undefined, known: readonly string[]): string {
  if (guess) return `Did you mean ${guess}?`;
  const others = known.length > 0 ? `, or read one of: ${known.join(", ")}` : "";
  return `Add ${name} to the properties${others}.`;
}

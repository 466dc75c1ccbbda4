import type { Json, OperationPlan } from "@sluice/dsl";
import { createRequestValidator, expandPath, NotSent, neededIn } from "@sluice/runtime";

/** So many are made of each kind, of which the one that is easiest to read and to edit is taken. */
const SEEDS = 25;
/** How likely a property that is not required is there. */
const OPTIONAL_SHARES = [0, 0.3, 1];

/**
 * A request that the operation takes, to try it with: an example of its schema's own where there is one, else made up from
 * the schema. The same operation gives the same sample.
 *
 * @returns undefined when none was found that the worker would send
 */
export async function sampleRequest(operation: OperationPlan): Promise<Json | undefined> {
  const misfit = createRequestValidator({ operations: [operation] });
  const fits = (request: Json): boolean => misfit(operation, request) === undefined && hasPath(operation, request);
  const stated = statedBy(operation.request).find(fits);
  if (stated !== undefined) return stated;
  const bestFirst = (await madeUpFor(operation)).sort((one, other) => effortOf(one) - effortOf(other));
  return bestFirst.find(fits);
}

/** What the schema itself offers as a whole request. */
function statedBy(schema: Json | undefined): Json[] {
  if (!isMap(schema)) return [];
  const { examples, default: byDefault, const: only, enum: choices } = schema;
  return [examples, byDefault, only, choices].flatMap((offered) => offered ?? []);
}

async function madeUpFor(operation: OperationPlan): Promise<Json[]> {
  // Loaded here, because no other command needs it, and it is an ES module.
  const { generateSync } = await import("json-schema-faker");
  // Lint has checked it against the meta-schema, which is all that the generator's own type says.
  const schema = withPathNames(operation) as Parameters<typeof generateSync>[0];
  const samples: Json[] = [];
  for (const optionalsProbability of OPTIONAL_SHARES) {
    for (let seed = 1; seed <= SEEDS; seed++) {
      try {
        const options = { seed, optionalsProbability, useExamplesValue: true, useDefaultValue: true };
        samples.push(JSON.parse(JSON.stringify(generateSync(schema, options))));
      } catch {
        // A schema that the generator cannot follow gives no sample; the caller says so.
      }
    }
  }
  return samples;
}

/** The schema, with what the path cannot do without as required texts. */
function withPathNames({ request, path }: OperationPlan): { readonly [key: string]: Json } {
  const needed = neededIn(path);
  const texts = Object.fromEntries(needed.map((name) => [name, { type: "string", minLength: 1 }]));
  if (!isMap(request)) return { type: "object", properties: texts, required: needed, additionalProperties: false };
  const { required, properties } = request;
  return {
    ...request,
    required: [...new Set([...(Array.isArray(required) ? required.map(String) : []), ...needed])],
    properties: { ...texts, ...(isMap(properties) ? properties : {}) },
  };
}

function hasPath(operation: OperationPlan, request: Json): boolean {
  try {
    expandPath("", operation, request);
    return true;
  } catch (error) {
    if (error instanceof NotSent) return false;
    throw error;
  }
}

/** Of reading and editing it: its length, and most of all that an empty text says nothing. */
const effortOf = (request: Json): number => {
  const text = JSON.stringify(request);
  return text.length + (/""|\{\}|\[\]/.test(text) ? EMPTY_EFFORT : 0);
};
const EMPTY_EFFORT = 1_000;

const isMap = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

import { type GatewayPlan, parseGateway, positionOf, secretReferences } from "@sluice/dsl";
import { ToolFailure } from "./failures";
import { readText, SECRETS_FILE } from "./files";
import type { Io } from "./io";

/** A secret's text, or its fields. */
export type Secret = string | Readonly<Record<string, string>>;
export type Secrets = ReadonlyMap<string, Secret>;

/** What a gateway's references need of one secret. */
interface Need {
  /** Fields that are referred to. */
  readonly fields: ReadonlySet<string>;
}

/** The secrets of the file, none when there is no file. @throws ToolFailure when it says something else */
export async function readSecrets(io: Io): Promise<Secrets> {
  const text = await readText(SECRETS_FILE, io).catch((error: unknown) => {
    if (error instanceof ToolFailure && error.reason === "missing") return "";
    throw error;
  });
  return text.trim() === "" ? new Map() : parseSecrets(text);
}

/** @throws ToolFailure saying where the text is no map of secrets */
export function parseSecrets(text: string): Secrets {
  const { value, faults } = parseGateway(text, SECRETS_FILE);
  const [fault] = faults;
  if (fault !== undefined) {
    const { line, column } = positionOf(text, fault.range[0]);
    throw new ToolFailure(`${SECRETS_FILE}:${line}:${column} is no YAML that can be read. ${SHAPE}`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new ToolFailure(`${SECRETS_FILE} is no map of secrets. ${SHAPE}`);
  return new Map(Object.entries(value).map(([name, secret]) => [name, secretOf(name, secret)]));
}

const SHAPE = "Write each secret as NAME: text, or NAME: { FIELD: text }.";

function secretOf(name: string, value: unknown): Secret {
  if (typeof value === "string") return value;
  const fields = typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
  const texts = fields.filter((field): field is [string, string] => typeof field[1] === "string");
  if (fields.length > 0 && texts.length === fields.length) return Object.fromEntries(texts);
  throw new ToolFailure(
    `${SECRETS_FILE}: ${name} is neither a text nor a map of texts. ${SHAPE} Numbers go in quotes.`,
  );
}

/**
 * What the plans refer to and the file lacks, made up: a strict target takes any key, so that nobody needs a real one to
 * try a gateway.
 */
export function madeUpSecrets(plans: readonly GatewayPlan[], known: Secrets): Secrets {
  const madeUp = new Map<string, Secret>();
  for (const [name, { fields }] of needsOf(plans)) {
    const present = known.get(name);
    const lacks = missingFields(present, fields);
    if (present !== undefined && lacks.length === 0) continue;
    if (fields.size === 0) madeUp.set(name, `made-up-${name}`);
    else
      madeUp.set(name, {
        ...(typeof present === "object" ? present : {}),
        ...Object.fromEntries(lacks.map((field) => [field, `made-up-${field}`])),
      });
  }
  return madeUp;
}

/** What is referred to and not there, as `NAME` or `NAME#FIELD`. */
export function missingSecrets(plans: readonly GatewayPlan[], known: Secrets): string[] {
  return [...needsOf(plans)].flatMap(([name, { fields }]) => {
    const present = known.get(name);
    if (present === undefined && fields.size === 0) return [name];
    return missingFields(present, fields).map((field) => `${name}#${field}`);
  });
}

const missingFields = (present: Secret | undefined, fields: ReadonlySet<string>): string[] =>
  [...fields].filter((field) => typeof present !== "object" || present[field] === undefined);

function needsOf(plans: readonly GatewayPlan[]): ReadonlyMap<string, Need> {
  const needs = new Map<string, { fields: Set<string> }>();
  for (const text of plans.flatMap(textsWithReferences)) {
    for (const { name, field } of secretReferences(text)) {
      const need = needs.get(name) ?? { fields: new Set() };
      needs.set(name, need);
      if (field !== undefined) need.fields.add(field);
    }
  }
  return needs;
}

const textsWithReferences = ({ endpoint, operations }: GatewayPlan): string[] => [
  ...Object.values(endpoint.headers),
  ...Object.values(endpoint.auth ?? {}),
  ...operations.flatMap((operation) => Object.values(operation.headers)),
];

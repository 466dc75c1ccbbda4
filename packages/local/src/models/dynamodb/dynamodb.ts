import type { Json } from "@sluice/dsl";
import type { ServiceOperation, ServiceOperations } from "../../cloud";
import { ServiceError } from "../../cloud-types";
import { allowOnly, type Input, inputObject, isObject, optionalText } from "../../input";
import type { World } from "../../world";
import { applyUpdates, holds, project } from "./evaluate";
import { type Condition, Placeholders, parseCondition, parseUpdate, type Update } from "./expressions";
import { type Item, invalid, itemBytes, parseItem, renderItem, type Value } from "./values";

/** `AWS::DynamoDB::Table`, as far as it is modelled. */
export interface TableSettings {
  /** Partition key and, if there is one, sort key. */
  readonly key: readonly { readonly name: string; readonly type: "S" | "N" | "B" }[];
  /** The attribute with an item's time to live, epoch seconds. */
  readonly ttlAttribute?: string;
}

interface Table extends TableSettings {
  readonly items: Map<string, Item>;
  /** So many items make it worth while to look for those that have outlived their time. */
  sweepAt: number;
}

/** A conditional write, its expressions read. */
interface Write {
  readonly table: Table;
  readonly keyText: string;
  /** Undefined when there is no item, or it has outlived its time. */
  readonly before: Item | undefined;
  readonly condition: Condition | undefined;
  readonly updates: readonly Update[];
  readonly returnValues: string;
}

/** Fewer items than this are not worth a look. */
const MIN_SWEPT = 1_000;

/** AWS's own limit. */
export const MAX_ITEM_BYTES = 409_600;

/** Items whose time to live lies further back than this are kept: AWS takes such a number for a mistake. */
const OLDEST_TTL_SECONDS = 5 * 365 * 86_400;

/**
 * DynamoDB's reads and conditional writes of single items. Not modelled, and refused: queries, scans, batches,
 * transactions, indexes, list elements in paths, and the functions other than attribute_exists, attribute_not_exists
 * and if_not_exists. Every read is consistent.
 */
export class DynamoDb {
  private readonly tables = new Map<string, Table>();
  readonly operations: ServiceOperations = {
    GetItem: this.onTable("GetItem", ["Key", "ConsistentRead"], (table, input) => {
      const item = this.alive(table, keyText(table, parseKey(table, input.Key)));
      return { ...(item !== undefined && { Item: renderItem(item) }) };
    }),
    PutItem: this.onTable("PutItem", ["Item", ...CONDITION_FIELDS], (table, input) => this.put(table, input)),
    UpdateItem: this.onTable("UpdateItem", ["Key", "UpdateExpression", ...CONDITION_FIELDS], (table, input) =>
      this.update(table, input),
    ),
    DeleteItem: this.onTable("DeleteItem", ["Key", ...CONDITION_FIELDS], (table, input) => this.delete(table, input)),
  };

  constructor(private readonly world: World) {}

  /** @returns the table's ARN */
  createTable(name: string, settings: TableSettings): string {
    this.tables.set(name, { ...settings, items: new Map(), sweepAt: MIN_SWEPT });
    return this.arnOf(name);
  }

  arnOf(name: string): string {
    return `arn:aws:dynamodb:${this.world.region}:${this.world.account}:table/${name}`;
  }

  private onTable(
    operation: string,
    fields: readonly string[],
    run: (table: Table, input: Input) => Json,
  ): ServiceOperation {
    return {
      action: `dynamodb:${operation}`,
      resource: (input) => this.arnOf(tableNameIn(input)),
      run: (input) => {
        allowOnly(`DynamoDB ${operation}`, input, ["TableName", ...fields]);
        const table = this.tables.get(tableNameIn(input));
        if (table !== undefined) return run(table, input);
        throw new ServiceError("ResourceNotFoundException", "Requested resource not found");
      },
    };
  }

  private put(table: Table, input: Input): Json {
    const item = parseItem(fieldsOf(input.Item, "Item"));
    const write = this.prepare(table, input, keyOf(table, item), ["NONE", "ALL_OLD"]);
    checkCondition(write);
    this.store(write, item);
    return renderReturned(write, item);
  }

  private update(table: Table, input: Input): Json {
    const key = parseKey(table, input.Key);
    const write = this.prepare(table, input, key, ["NONE", "ALL_OLD", "UPDATED_OLD", "ALL_NEW", "UPDATED_NEW"]);
    const keyName = write.updates.map(({ path }) => path[0] ?? "").find((name) => key.has(name));
    if (keyName !== undefined)
      throw invalid(
        `One or more parameter values were invalid: Cannot update attribute ${keyName}. This attribute is part of the key`,
      );
    checkCondition(write);
    const item = applyUpdates(write.updates, write.before ?? key);
    this.store(write, item);
    return renderReturned(write, item);
  }

  private delete(table: Table, input: Input): Json {
    const write = this.prepare(table, input, parseKey(table, input.Key), ["NONE", "ALL_OLD"]);
    checkCondition(write);
    table.items.delete(write.keyText);
    return renderReturned(write, new Map());
  }

  private prepare(table: Table, input: Input, key: Item, allowedReturns: readonly string[]): Write {
    const placeholders = parsePlaceholders(input);
    const update = optionalText(input, "UpdateExpression");
    const condition = optionalText(input, "ConditionExpression");
    const updates = update === undefined ? [] : parseUpdate(update, placeholders);
    const parsed = condition === undefined ? undefined : parseCondition(condition, placeholders);
    placeholders.checkAllUsed();
    const returnValues = optionalText(input, "ReturnValues") ?? "NONE";
    if (!allowedReturns.includes(returnValues)) throw invalid("Return values set to invalid value");
    const text = keyText(table, key);
    return { table, keyText: text, before: this.alive(table, text), condition: parsed, updates, returnValues };
  }

  private store({ table, keyText: text }: Write, item: Item): void {
    if (itemBytes(item) > MAX_ITEM_BYTES) throw invalid("Item size has exceeded the maximum allowed size");
    table.items.set(text, item);
    if (table.items.size >= table.sweepAt) this.sweep(table);
  }

  /** Deletes what nobody will ask for again, whenever the table has doubled: AWS does so within days. */
  private sweep(table: Table): void {
    for (const [text, item] of table.items) if (this.isExpired(table, item)) table.items.delete(text);
    table.sweepAt = Math.max(MIN_SWEPT, 2 * table.items.size);
  }

  /** The item, unless its time to live has ended; AWS deletes such within days, the models when they meet it. */
  private alive(table: Table, text: string): Item | undefined {
    const item = table.items.get(text);
    if (item === undefined || !this.isExpired(table, item)) return item;
    table.items.delete(text);
    return undefined;
  }

  private isExpired({ ttlAttribute }: Table, item: Item): boolean {
    const ttl = ttlAttribute === undefined ? undefined : item.get(ttlAttribute);
    if (ttl?.type !== "N") return false;
    const expiredForSeconds = this.world.clock.wallMs() / 1_000 - Number(ttl.value);
    return (
      expiredForSeconds >= 0 &&
      expiredForSeconds * 1e6 >= this.world.faults.ttlLagUs &&
      expiredForSeconds < OLDEST_TTL_SECONDS
    );
  }
}

const CONDITION_FIELDS = [
  "ConditionExpression",
  "ExpressionAttributeNames",
  "ExpressionAttributeValues",
  "ReturnValues",
];

/** By name or by ARN. */
const tableNameIn = (input: Input): string => {
  const name = optionalText(input, "TableName");
  if (name === undefined) throw invalid("The parameter 'TableName' is required but was not present in the request");
  return name.slice(name.lastIndexOf("/") + 1);
};

function checkCondition({ condition, before }: Write): void {
  if (condition !== undefined && !holds(condition, before ?? new Map()))
    throw new ServiceError("ConditionalCheckFailedException", "The conditional request failed");
}

function renderReturned({ returnValues, before, updates }: Write, after: Item): Json {
  const paths = updates.map(({ path }) => path);
  const returned: Readonly<Record<string, () => Item>> = {
    ALL_OLD: () => before ?? new Map(),
    ALL_NEW: () => after,
    UPDATED_OLD: () => project(before ?? new Map(), paths),
    UPDATED_NEW: () => project(after, paths),
  };
  const item = returned[returnValues]?.();
  return { ...(item !== undefined && item.size > 0 && { Attributes: renderItem(item) }) };
}

function parsePlaceholders(input: Input): Placeholders {
  const names = Object.entries(inputObject(input.ExpressionAttributeNames ?? {})).map(
    ([placeholder, name]): [string, string] => {
      if (!/^#[A-Za-z0-9_]+$/.test(placeholder) || typeof name !== "string")
        throw invalid(`ExpressionAttributeNames contains invalid key: Syntax error; key: "${placeholder}"`);
      return [placeholder, name];
    },
  );
  const values = parseItem(fieldsOf(input.ExpressionAttributeValues ?? {}, "ExpressionAttributeValues"));
  for (const placeholder of values.keys())
    if (!/^:[A-Za-z0-9_]+$/.test(placeholder))
      throw invalid(`ExpressionAttributeValues contains invalid key: Syntax error; key: "${placeholder}"`);
  return new Placeholders(new Map(names), values);
}

function parseKey(table: Table, json: Json | undefined): Item {
  const key = parseItem(fieldsOf(json, "Key"));
  if (key.size !== table.key.length) throw invalid("The provided key element does not match the schema");
  return keyOf(table, key, "The provided key element does not match the schema");
}

/** @throws ServiceError ValidationException when one of the table's keys is missing, empty or of another type */
function keyOf(table: Table, item: Item, mismatch?: string): Item {
  return new Map(
    table.key.map(({ name, type }): [string, Value] => {
      const value = item.get(name);
      if (value === undefined)
        throw invalid(mismatch ?? `One or more parameter values were invalid: Missing the key ${name} in the item`);
      if (value.type !== type)
        throw invalid(
          mismatch ??
            `One or more parameter values were invalid: Type mismatch for key ${name} expected: ${type} actual: ${value.type}`,
        );
      if (value.value === "")
        throw invalid(
          `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: ${name}`,
        );
      return [name, value];
    }),
  );
}

const keyText = (table: Table, key: Item): string => JSON.stringify(table.key.map(({ name }) => key.get(name)?.value));

function fieldsOf(json: Json | undefined, field: string): { [name: string]: Json } {
  if (isObject(json)) return json;
  throw invalid(`The parameter '${field}' is required but was not present in the request`);
}

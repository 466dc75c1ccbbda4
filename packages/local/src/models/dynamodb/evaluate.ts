import type { Condition, Operand, Path, SetValue, Update } from "./expressions";
import { addDecimals, compareValues, type Item, invalid, isEqual, isSet, subtractDecimals, type Value } from "./values";

/** Whether the condition holds for the item; for one that is not there, of its having no attributes. */
export function holds(condition: Condition, item: Item): boolean {
  switch (condition.kind) {
    case "and":
      return holds(condition.left, item) && holds(condition.right, item);
    case "or":
      return holds(condition.left, item) || holds(condition.right, item);
    case "not":
      return !holds(condition.condition, item);
    case "exists":
      return (valueAt(item, condition.path) !== undefined) === condition.isWanted;
    case "compare":
      return compares(condition, item);
  }
}

function compares({ comparator, left, right }: Condition & { kind: "compare" }, item: Item): boolean {
  const a = resolve(left, item);
  const b = resolve(right, item);
  const isSame = a !== undefined && b !== undefined && isEqual(a, b);
  if (comparator === "=") return isSame;
  // An attribute that is missing is unlike anything.
  if (comparator === "<>") return !isSame;
  const order = a === undefined || b === undefined ? undefined : compareValues(a, b);
  if (order === undefined) return false;
  if (comparator === "<") return order < 0;
  if (comparator === "<=") return order <= 0;
  return comparator === ">" ? order > 0 : order >= 0;
}

/**
 * The item after the update. All that is read is read from the item as it was before.
 *
 * @throws ServiceError ValidationException for an attribute that is missing or of the wrong type, or a path through
 * something that is no map
 */
export function applyUpdates(updates: readonly Update[], before: Item): Item {
  const values = updates.map((update) => newValue(update, before));
  return updates.reduce((item, { path }, at) => withValue(item, path, values[at]), before);
}

/** The attributes on the paths, with their places kept: what UPDATED_OLD and UPDATED_NEW show. */
export function project(item: Item, paths: readonly Path[]): Item {
  const projected: Item = new Map();
  return paths.reduce((into, path) => {
    const value = valueAt(item, path);
    return value === undefined ? into : withValue(into, path, value, true);
  }, projected);
}

function newValue(update: Update, before: Item): Value | undefined {
  if (update.kind === "remove") return undefined;
  return update.kind === "set" ? computed(update.value, before) : added(valueAt(before, update.path), update.value);
}

function computed(value: SetValue, before: Item): Value {
  switch (value.kind) {
    case "value":
      return value.value;
    case "path":
      return resolve(value, before) ?? missing();
    case "ifNotExists":
      return valueAt(before, value.path) ?? resolve(value.otherwise, before) ?? missing();
    default: {
      const left = computed(value.left, before);
      const right = computed(value.right, before);
      if (left.type !== "N" || right.type !== "N") throw wrongType();
      const combine = value.kind === "+" ? addDecimals : subtractDecimals;
      return { type: "N", value: combine(left.value, right.value) };
    }
  }
}

function added(old: Value | undefined, value: Value): Value {
  if (old === undefined) return value;
  if (old.type === "N" && value.type === "N") return { type: "N", value: addDecimals(old.value, value.value) };
  if (isSet(old) && isSet(value) && old.type === value.type)
    return { type: value.type, value: [...new Set([...old.value, ...value.value])] };
  throw wrongType();
}

function resolve(operand: Operand, item: Item): Value | undefined {
  return operand.kind === "value" ? operand.value : valueAt(item, operand.path);
}

function valueAt(item: Item, [name = "", ...rest]: Path): Value | undefined {
  const value = item.get(name);
  if (rest.length === 0) return value;
  return value?.type === "M" ? valueAt(value.value, rest) : undefined;
}

/** @param makesMaps whether maps missing on the way are made; an update does not */
function withValue(item: Item, [name = "", ...rest]: Path, value: Value | undefined, makesMaps = false): Item {
  const changed = new Map(item);
  if (rest.length > 0) {
    const inner = item.get(name) ?? (makesMaps ? { type: "M" as const, value: new Map<string, Value>() } : undefined);
    if (inner?.type !== "M") throw invalid("The document path provided in the update expression is invalid for update");
    changed.set(name, { type: "M", value: withValue(inner.value, rest, value, makesMaps) });
  } else if (value === undefined) changed.delete(name);
  else changed.set(name, value);
  return changed;
}

const missing = (): never => {
  throw invalid("The provided expression refers to an attribute that does not exist in the item");
};

const wrongType = (): Error => invalid("An operand in the update expression has an incorrect data type");

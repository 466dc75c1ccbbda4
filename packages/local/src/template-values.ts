import type { Json } from "@sluice/dsl";
import { isObject } from "./input";

/** A template that cannot be run here, in one sentence: what, where, and what to do about it. */
export class TemplateError extends Error {
  override readonly name = "TemplateError";
}

/** What `Ref` and `Fn::GetAtt` give of a resource. */
export interface Identity {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** What a template's references lead to. */
export interface References {
  /** Pseudo parameters (`AWS::Region`) and the template's own parameters that have a value. */
  readonly values: ReadonlyMap<string, string>;
  /** Undefined when the template has no such resource. */
  identify(logicalId: string): Identity | undefined;
}

type Fields = { [key: string]: Json };

/**
 * Resolves the intrinsic functions Ref, Fn::GetAtt, Fn::Join and Fn::Sub in a value of a template.
 *
 * @param where the place of the value, for messages: `Worker (AWS::Lambda::Function), Role`
 * @returns undefined for `AWS::NoValue`
 * @throws TemplateError for any other function, and for a reference to nothing, naming both of its ends
 */
export function resolveValue(value: Json, where: string, references: References): Json | undefined {
  if (Array.isArray(value))
    return value.flatMap((item, at) => {
      const resolved = resolveValue(item, `${where}[${at}]`, references);
      return resolved === undefined ? [] : [resolved];
    });
  if (!isObject(value)) return value;
  const [name, ...others] = Object.keys(value);
  if (name !== undefined && others.length === 0 && (name === "Ref" || name.startsWith("Fn::")))
    return resolveFunction(name, value[name] ?? null, where, references);
  const resolved: Fields = {};
  for (const [key, part] of Object.entries(value)) {
    const result = resolveValue(part, `${where}.${key}`, references);
    if (result !== undefined) resolved[key] = result;
  }
  return resolved;
}

function resolveFunction(name: string, argument: Json, where: string, references: References): Json | undefined {
  switch (name) {
    case "Ref":
      if (argument === "AWS::NoValue") return undefined;
      return refer(String(argument), where, references);
    case "Fn::GetAtt": {
      const [logicalId = "", ...attribute] = Array.isArray(argument) ? argument : String(argument).split(".");
      return attributeOf(String(logicalId), attribute.join("."), where, references);
    }
    case "Fn::Join":
      return join(argument, where, references);
    case "Fn::Sub":
      return substitute(argument, where, references);
    default:
      throw new TemplateError(`${where} uses ${name}, which the local mode does not know.`);
  }
}

function refer(name: string, where: string, references: References): string {
  const value = references.values.get(name) ?? references.identify(name)?.ref;
  if (value !== undefined) return value;
  throw new TemplateError(`${where} refers to ${name}, and the template has no such resource or parameter.`);
}

function attributeOf(logicalId: string, attribute: string, where: string, references: References): string {
  const identity = references.identify(logicalId);
  if (identity === undefined)
    throw new TemplateError(
      `${where} refers to ${logicalId} (its ${attribute}), and the template has no such resource.`,
    );
  const value = identity.attributes[attribute];
  if (value !== undefined) return value;
  const known = Object.keys(identity.attributes).join(", ");
  throw new TemplateError(
    `${where} asks for the attribute ${attribute} of ${logicalId}; those known locally are ${known}.`,
  );
}

function join(argument: Json, where: string, references: References): string {
  const [separator, parts] = Array.isArray(argument) ? argument : [];
  const resolved = parts === undefined ? undefined : resolveValue(parts, where, references);
  if (typeof separator !== "string" || !Array.isArray(resolved))
    throw new TemplateError(`${where} has a Fn::Join that is no pair of a text and a list.`);
  return resolved.map(String).join(separator);
}

function substitute(argument: Json, where: string, references: References): string {
  const [text, given] = Array.isArray(argument) ? argument : [argument];
  if (typeof text !== "string") throw new TemplateError(`${where} has a Fn::Sub without a text.`);
  const own = given === undefined ? {} : (resolveValue(given, where, references) ?? {});
  return text.replace(/\$\{(!?)([^}]+)\}/g, (whole, literal: string, name: string) => {
    if (literal !== "") return whole.replace("!", "");
    if (isObject(own) && own[name] !== undefined) return String(own[name]);
    const [logicalId = "", ...attribute] = name.split(".");
    return attribute.length > 0
      ? attributeOf(logicalId, attribute.join("."), where, references)
      : refer(name, where, references);
  });
}

/**
 * The properties of a resource, resolved. Each is read once; what nobody has read when {@link finish} is called is
 * unknown, and an error: ignored, it could do on AWS what it does not do here.
 */
export class Properties {
  private readonly unread: Set<string>;
  private readonly parts: Properties[] = [];

  /**
   * @param where `Worker (AWS::Lambda::Function)`
   * @param noteInert told of each property that has no effect locally
   */
  constructor(
    readonly where: string,
    private readonly values: Readonly<Fields>,
    private readonly noteInert: (property: string) => void,
    private readonly prefix = "",
  ) {
    this.unread = new Set(Object.keys(values));
  }

  /** Undefined when it is absent. */
  json(name: string): Json | undefined {
    this.unread.delete(name);
    return this.values[name];
  }

  /** These have been read where the resource's name was made. */
  known(...names: string[]): void {
    for (const name of names) this.json(name);
  }

  /** These may be there and have no effect locally. */
  inert(...names: string[]): void {
    for (const name of names) if (this.json(name) !== undefined) this.noteInert(`${this.prefix}${name}`);
  }

  text(name: string): string {
    return this.optionalText(name) ?? this.missing(name);
  }

  optionalText(name: string): string | undefined {
    const value = this.json(name);
    return value === undefined || typeof value === "string" ? value : this.wrong(name, "a text");
  }

  optionalNumber(name: string): number | undefined {
    const value = this.json(name);
    return value === undefined || typeof value === "number" ? value : this.wrong(name, "a number");
  }

  /** False when it is absent. */
  flag(name: string): boolean {
    const value = this.json(name) ?? false;
    return typeof value === "boolean" ? value : this.wrong(name, "true or false");
  }

  /** None when it is absent. */
  texts(name: string): string[] {
    return this.list(name).map((item) => (typeof item === "string" ? item : this.wrong(name, "a list of texts")));
  }

  /** None when it is absent. */
  objects(name: string): Properties[] {
    return this.list(name).map((item, at) =>
      isObject(item) ? this.part(item, `${name}[${at}]`) : this.wrong(name, "a list of objects"),
    );
  }

  /** One without properties when it is absent. */
  object(name: string): Properties {
    const value = this.json(name) ?? {};
    return isObject(value) ? this.part(value, name) : this.wrong(name, "an object");
  }

  /** All that is there, as it is. */
  rest(): Fields {
    const names = [...this.unread];
    return Object.fromEntries(names.map((name) => [name, this.json(name) ?? null]));
  }

  /** The value has to be this one, because another is not modelled. */
  only(name: string, expected: Json): void {
    const value = this.json(name);
    if (value !== undefined && JSON.stringify(value) !== JSON.stringify(expected))
      throw new TemplateError(
        `${this.where} has ${this.prefix}${name}: ${JSON.stringify(value)}; the local mode knows ${JSON.stringify(expected)} only.`,
      );
  }

  /** @throws TemplateError when a property has not been read */
  finish(): void {
    const [unknown] = this.unread;
    if (unknown !== undefined)
      throw new TemplateError(
        `${this.where} has the property ${this.prefix}${unknown}, which the local mode does not know. It would have to be modelled, or listed as without effect, in packages/local/src/template-resources.ts.`,
      );
    for (const part of this.parts) part.finish();
  }

  private part(values: Fields, name: string): Properties {
    const part = new Properties(this.where, values, this.noteInert, `${this.prefix}${name}.`);
    this.parts.push(part);
    return part;
  }

  private list(name: string): Json[] {
    const value = this.json(name) ?? [];
    return Array.isArray(value) ? value : this.wrong(name, "a list");
  }

  private missing(name: string): never {
    throw new TemplateError(`${this.where} lacks the property ${this.prefix}${name}.`);
  }

  private wrong(name: string, expected: string): never {
    throw new TemplateError(
      `${this.where} has ${this.prefix}${name}: ${JSON.stringify(this.values[name])}, which is to be ${expected}.`,
    );
  }
}

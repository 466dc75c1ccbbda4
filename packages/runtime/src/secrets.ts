import { type Micros, seconds, secretReferences, us } from "@sluice/dsl";
import type { AwsCall } from "./aws-call";
import { isRecord, nameOf } from "./aws-ports/output";
import { type Clock, NotSent } from "./core/ports";

/** The secrets that a gateway's headers and auth refer to. */
export interface Secrets {
  /**
   * The text with each `${secret:NAME}` and `${secret:NAME#FIELD}` replaced. Rejects with {@link NotSent} (unavailable),
   * naming the secret and never its value.
   */
  fill(template: string): Promise<string>;
  /** The target refused the credentials: what was read some time ago is read again before the next call. */
  doubt(): void;
  /** The text without any secret that has been read. */
  redact(text: string): string;
}

/** How long a value is believed. */
const KEEP: Micros = seconds(300);
/** How long an old value goes on serving when it cannot be read again; and the least age at which it is doubted. */
const RETRY_AFTER: Micros = seconds(30);
/** Shorter ones are words that occur anywhere. */
const MIN_REDACTED_CHARS = 6;

interface Known {
  text: string | undefined;
  readAt: Micros;
  freshUntil: Micros;
  /** One read for all who ask meanwhile. */
  reading: Promise<string> | undefined;
}

/** Secrets Manager, read through a memory of five minutes. */
export function createSecrets(call: AwsCall, clock: Pick<Clock, "now">): Secrets {
  const known = new Map<string, Known>();
  const hidden = new Set<string>();

  const read = async (name: string, entry: Known): Promise<string> => {
    try {
      const text = await fetchSecret(call, name);
      entry.text = text;
      entry.readAt = clock.now();
      entry.freshUntil = us(entry.readAt + KEEP);
      return text;
    } catch (error) {
      // A moment's trouble of Secrets Manager stops no gateway whose key is known.
      if (entry.text === undefined || isFinal(error)) throw notReadable(name, error);
      entry.freshUntil = us(clock.now() + RETRY_AFTER);
      return entry.text;
    } finally {
      entry.reading = undefined;
    }
  };

  const current = (name: string): Promise<string> => {
    const entry = known.get(name) ?? { text: undefined, readAt: us(0), freshUntil: us(0), reading: undefined };
    known.set(name, entry);
    if (entry.text !== undefined && clock.now() < entry.freshUntil) return Promise.resolve(entry.text);
    entry.reading ??= read(name, entry);
    return entry.reading;
  };

  const hide = (value: string): string => {
    if (value.length >= MIN_REDACTED_CHARS) for (const form of formsOf(value)) hidden.add(form);
    return value;
  };

  return {
    async fill(template) {
      const references = secretReferences(template);
      if (references.length === 0) return template;
      const values = await Promise.all(references.map(({ name }) => current(name)));
      let filled = "";
      let at = 0;
      for (const [index, { name, field, start, end }] of references.entries()) {
        const value = hide(fieldOf(values[index] ?? "", name, field));
        filled += template.slice(at, start) + value;
        at = end;
      }
      return filled + template.slice(at);
    },
    doubt() {
      const now = clock.now();
      for (const entry of known.values()) if (now - entry.readAt >= RETRY_AFTER) entry.freshUntil = now;
    },
    redact(text) {
      let clean = text;
      for (const value of hidden) if (clean.includes(value)) clean = clean.replaceAll(value, "***");
      return clean;
    },
  };
}

/** As it is, as JSON and as a URL would carry it. */
const formsOf = (value: string): string[] => [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)];

async function fetchSecret(call: AwsCall, name: string): Promise<string> {
  const output = await call("secretsmanager", "GetSecretValue", { SecretId: name });
  if (typeof output.SecretString !== "string") {
    throw new NotSent("unavailable", `the secret ${name} holds no text. Store its value as text.`);
  }
  return output.SecretString;
}

/** Not a matter of time: an old value must not hide that somebody removed the secret or the right to read it. */
const isFinal = (error: unknown): boolean =>
  error instanceof NotSent || ["ResourceNotFoundException", "AccessDeniedException"].includes(nameOf(error));

function notReadable(name: string, error: unknown): NotSent {
  if (error instanceof NotSent) return error;
  switch (nameOf(error)) {
    case "ResourceNotFoundException":
      return new NotSent("unavailable", `the secret ${name} does not exist. Create it in Secrets Manager.`);
    case "AccessDeniedException":
      return new NotSent("unavailable", `the worker may not read the secret ${name}. Let its role read it.`);
    default: {
      const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      return new NotSent("unavailable", `the secret ${name} could not be read (${text}).`);
    }
  }
}

function fieldOf(text: string, name: string, field: string | undefined): string {
  if (field === undefined) return text;
  const value = parseMap(text)?.[field];
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  const what = parseMap(text) === undefined ? "is no JSON map" : "has no such field";
  throw new NotSent("unavailable", `the secret ${name} ${what}, and the field ${field} of it is asked for.`);
}

function parseMap(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined; // a secret that is plain text
  }
}

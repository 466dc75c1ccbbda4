import { type ApiDocument, asMap, isMap, type JsonMap } from "./document";
import type { Notes } from "./notes";
import { kebab } from "./words";

/** What of the endpoint comes from the document's security. */
export interface Security {
  readonly auth: JsonMap | undefined;
  /** A second key that goes with the first, as a header. */
  readonly headers: Readonly<Record<string, string>>;
}

/** One way in: the schemes that are needed together. */
type Way = readonly string[];

/**
 * The endpoint's auth: of the ways that the chosen operations allow, the one that most of them share and the http
 * adapter knows. The secrets are references that begin with the gateway's name.
 */
export function securityOf(
  document: ApiDocument,
  operations: readonly JsonMap[],
  gateway: string,
  notes: Notes,
): Security {
  const schemes = schemesOf(document);
  const asked = operations.map((operation) => waysOf(operation.security ?? document.root.security));
  const ways = byFrequency(asked.flat());
  const candidates = ways.length > 0 ? ways : Object.keys(schemes).map((name) => [name]);
  const chosen = candidates.find((way) => way.some((name) => isKnown(asMap(schemes[name]))));
  for (const name of new Set(candidates.flat())) tell(name, asMap(schemes[name]), chosen ?? [], notes);
  if (chosen === undefined) return { auth: undefined, headers: {} };
  const [first, ...others] = chosen.filter((name) => isKnown(asMap(schemes[name])));
  const headers = others.map((name) => headerOf(name, asMap(schemes[name]), gateway, notes));
  return { auth: authOf(asMap(schemes[first ?? ""]), gateway), headers: Object.assign({}, ...headers) };
}

/** The headers in which keys go: they are the auth's, not the operations'. Lower case. */
export function keyHeadersOf(document: ApiDocument): string[] {
  const keys = Object.values(schemesOf(document))
    .map(asMap)
    .filter((scheme) => scheme.type === "apiKey" && scheme.in === "header");
  return keys.map(({ name }) => String(name).toLowerCase());
}

function schemesOf(document: ApiDocument): JsonMap {
  const { root, isSwagger2 } = document;
  const declared = isSwagger2 ? asMap(root.securityDefinitions) : asMap(asMap(root.components).securitySchemes);
  const entries = Object.entries(declared).map(([name, scheme]) => {
    const { $ref } = asMap(scheme);
    return [name, typeof $ref === "string" ? (document.find($ref) ?? {}) : scheme];
  });
  return Object.fromEntries(entries);
}

const waysOf = (security: unknown): Way[] =>
  (Array.isArray(security) ? security : []).flatMap((way) =>
    isMap(way) && Object.keys(way).length > 0 ? [Object.keys(way)] : [],
  );

function byFrequency(ways: readonly Way[]): Way[] {
  const counts = new Map<string, { way: Way; count: number }>();
  for (const way of ways) {
    const known = counts.get(way.join("\0"));
    counts.set(way.join("\0"), { way, count: (known?.count ?? 0) + 1 });
  }
  return [...counts.values()].sort((one, other) => other.count - one.count).map(({ way }) => way);
}

/** `basic`, `bearer`, `apiKey` where the http adapter knows it; else what the document calls it. */
function kindOf(scheme: JsonMap): string {
  const type = String(scheme.type ?? "nothing");
  if (type === "http") return String(scheme.scheme ?? "").toLowerCase();
  if (type === "apiKey" && scheme.in !== "header" && scheme.in !== "query") return `apiKey in a ${String(scheme.in)}`;
  return type;
}

const isKnown = (scheme: JsonMap): boolean =>
  ["basic", "bearer"].includes(kindOf(scheme)) || (kindOf(scheme) === "apiKey" && isName(scheme.name));

const isName = (name: unknown): name is string =>
  typeof name === "string" && /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name);

function tell(name: string, scheme: JsonMap, chosen: Way, notes: Notes): void {
  if (chosen.includes(name) && isKnown(scheme)) return;
  const kind = kindOf(scheme);
  if (isKnown(scheme))
    notes.add(
      "another way to authenticate is allowed; write it to endpoint.auth if you have that one",
      `${name} (${kind})`,
    );
  else
    notes.add(
      "a way to authenticate is not supported yet; with a token that lasts, write endpoint.auth: { type: bearer, … }",
      `${name} (${kind})`,
    );
}

function authOf(scheme: JsonMap, gateway: string): JsonMap | undefined {
  switch (kindOf(scheme)) {
    case "basic":
      return { type: "basic", username: secret(gateway, "username"), password: secret(gateway, "password") };
    case "bearer":
      return { type: "bearer", token: secret(gateway, "token") };
    case "apiKey":
      return { type: "apiKey", in: scheme.in ?? "header", name: scheme.name ?? "", value: secret(gateway, "key") };
    default:
      return undefined;
  }
}

function headerOf(name: string, scheme: JsonMap, gateway: string, notes: Notes): Readonly<Record<string, string>> {
  if (kindOf(scheme) === "apiKey" && scheme.in === "header" && isName(scheme.name))
    return { [scheme.name]: secret(gateway, kebab(scheme.name)) };
  notes.add(
    "a second way to authenticate is needed beside the first, which the language cannot say",
    `${name} (${kindOf(scheme)})`,
  );
  return {};
}

export const secret = (gateway: string, field: string): string => `$\{secret:${gateway}#${field}}`;

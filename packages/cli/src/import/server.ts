import type { Json } from "@sluice/dsl";
import { type ApiDocument, asList, asMap, asText, isMap, type JsonMap } from "./document";
import type { Notes } from "./notes";

/** Where calls go: an address, or what the document says instead of one. */
export type Server = { readonly url: string } | { readonly url: undefined; readonly said: string };

/**
 * The document's first address of HTTP, its variables filled with their defaults.
 *
 * @param servers the `servers` of the document, of a path or of an operation; of Swagger 2.0 the document itself
 */
export function serverOf(document: ApiDocument, notes: Notes): Server {
  return document.isSwagger2 ? swaggerServer(document.root) : firstServer(asList(document.root.servers), notes);
}

/** What an operation's or a path's own `servers` name; undefined where it has none. */
export function ownServerOf(path: JsonMap, operation: JsonMap): string | undefined {
  const own = asList(operation.servers).length > 0 ? asList(operation.servers) : asList(path.servers);
  const [first] = own.map((server) => filled(asMap(server))).filter(isHttp);
  return first;
}

function swaggerServer({ host, basePath, schemes }: JsonMap): Server {
  const path = asText(basePath) ?? "";
  const scheme = asList(schemes).includes("http") && !asList(schemes).includes("https") ? "http" : "https";
  const name = asText(host);
  if (name === undefined) return { url: undefined, said: path === "" ? "no host" : `no host, only the path ${path}` };
  return { url: tidy(`${scheme}://${name}${path.startsWith("/") ? "" : "/"}${path}`) };
}

function firstServer(servers: readonly Json[], notes: Notes): Server {
  const urls = servers.map((server) => filled(asMap(server)));
  const absolute = urls.filter(isHttp);
  const [first] = absolute;
  for (const other of new Set(absolute.slice(1)))
    if (other !== first) notes.add("another server is named; the first one was taken", other);
  if (first !== undefined) return { url: first };
  const said = urls.filter((url) => url !== "" && url !== "/").join(", ");
  return { url: undefined, said: said === "" ? "no server" : `only ${said}` };
}

const isHttp = (url: string): boolean => /^https?:\/\/[^/]/i.test(url) && URL.canParse(url);

function filled(server: JsonMap): string {
  const variables = asMap(server.variables);
  const url = (asText(server.url) ?? "").replace(/\{([^{}]+)\}/g, (whole, name: string) => {
    const variable = variables[name];
    const value = isMap(variable) ? (variable.default ?? asList(variable.enum)[0]) : undefined;
    return value === undefined ? whole : String(value);
  });
  return tidy(url.trim());
}

/** Without a query, a fragment and the slash at the end: the operations' paths begin with one. */
const tidy = (url: string): string => url.replace(/[?#].*$/, "").replace(/\/+$/, "");

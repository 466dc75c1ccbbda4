import type { GatewayPlan } from "../plan-types";
import { secretReferences } from "../secret-reference";
import type { Fact } from "./explanation";

/** As whom the target is called, and what must be there for it. */
export function endpointFacts({ endpoint, secrets }: GatewayPlan): Fact[] {
  const headers = Object.keys(endpoint.headers);
  return [
    { name: "credentials", value: endpoint.auth?.type ?? "none", why: authWords(endpoint.auth) },
    ...(secrets.length === 0
      ? []
      : [
          {
            name: "secrets",
            value: secrets.join(", "),
            why: "must be in Secrets Manager before the first call; the worker may read these and no others",
          },
        ]),
    ...(headers.length === 0 ? [] : [{ name: "headers", value: headers.join(", "), why: "sent with every call" }]),
  ];
}

function authWords(auth: GatewayPlan["endpoint"]["auth"]): string {
  switch (auth?.type) {
    case undefined:
      return "the file states no endpoint.auth";
    case "basic":
      return `user name${fromWords(auth.username)}, ${auth.password ? `password${fromWords(auth.password)}` : "no password"}`;
    case "bearer":
      return `a token${fromWords(auth.token)}, in the header Authorization`;
    case "apiKey":
      return `a key${fromWords(auth.value)}, in the ${auth.in === "header" ? "header" : "query parameter"} ${auth.name}`;
  }
}

/** Where it comes from; of a text in the file nothing is said, it may be what nobody should read here. */
function fromWords(template: string): string {
  const names = secretReferences(template).map(({ name, field }) => (field === undefined ? name : `${name}#${field}`));
  return names.length === 0 ? " as in the file" : ` from ${names.join(", ")}`;
}

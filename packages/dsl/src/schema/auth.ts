import { z } from "zod";
import { HEADER_NAME, named, SECRET_EXAMPLES, text } from "./leaves";

/** Each way of authenticating, told apart by `type`. */

const basic = z
  .strictObject({
    type: z.literal("basic").meta({ description: "HTTP Basic authentication.", examples: ["basic"] }),
    username: text({ description: "User name, or the key where the API takes it as user.", examples: SECRET_EXAMPLES }),
    password: text({
      description: "Password; may be empty or left out.",
      examples: SECRET_EXAMPLES,
      default: "",
    }).optional(),
  })
  .meta({ description: "HTTP Basic authentication.", examples: [{ type: "basic", username: SECRET_EXAMPLES[0] }] });

const bearer = z
  .strictObject({
    type: z.literal("bearer").meta({ description: "A token in the Authorization header.", examples: ["bearer"] }),
    token: text({ description: "The token.", examples: SECRET_EXAMPLES }),
  })
  .meta({ description: "A bearer token.", examples: [{ type: "bearer", token: SECRET_EXAMPLES[0] }] });

const apiKey = z
  .strictObject({
    type: z.literal("apiKey").meta({ description: "A key in a header or in the query.", examples: ["apiKey"] }),
    in: z.enum(["header", "query"]).meta({
      description: "Where the key goes.",
      examples: ["header"],
      enumDescriptions: ["Into a header of each call.", "Into the query of each call's URL."],
    }),
    name: named(HEADER_NAME, "the name of a header or of a query parameter", {
      description: "The header's or the query parameter's name.",
      examples: ["apiKey"],
    }),
    value: text({ description: "The key.", examples: SECRET_EXAMPLES }),
  })
  .meta({
    description: "An API key.",
    examples: [{ type: "apiKey", in: "header", name: "apiKey", value: SECRET_EXAMPLES[0] }],
  });

const OAUTH2 = {
  type: "oauth2",
  tokenUrl: "https://login.example.org/oauth/token",
  clientId: SECRET_EXAMPLES[0],
  clientSecret: SECRET_EXAMPLES[0],
};

const oauth2 = z
  .strictObject({
    type: z.literal("oauth2").meta({
      description: "OAuth 2 client credentials: a token is fetched once for all calls and kept until it expires.",
      examples: ["oauth2"],
    }),
    tokenUrl: text({ description: "Where tokens are fetched.", examples: [OAUTH2.tokenUrl] }),
    clientId: text({ description: "The client's id.", examples: SECRET_EXAMPLES }),
    clientSecret: text({ description: "The client's secret.", examples: SECRET_EXAMPLES }),
    scopes: z
      .array(text({ description: "A scope.", examples: ["read"] }))
      .meta({ description: "The scopes that are asked for.", examples: [["read", "write"]] })
      .optional(),
    counts: z
      .boolean()
      .meta({
        description: "Whether the target counts the fetching of a token as a call of its limit.",
        examples: [true],
      })
      .optional(),
  })
  .meta({ description: "OAuth 2 client credentials.", examples: [OAUTH2] });

const mtls = z
  .strictObject({
    type: z.literal("mtls").meta({ description: "A client certificate.", examples: ["mtls"] }),
    certificate: text({ description: "The certificate, PEM.", examples: SECRET_EXAMPLES }),
    key: text({ description: "Its private key, PEM.", examples: SECRET_EXAMPLES }),
  })
  .meta({
    description: "A client certificate.",
    examples: [{ type: "mtls", certificate: SECRET_EXAMPLES[0], key: SECRET_EXAMPLES[0] }],
  });

const wsSecurity = z
  .strictObject({
    type: z.literal("wsSecurity").meta({
      description: "A user name token in the envelope's WS-Security header.",
      examples: ["wsSecurity"],
    }),
    username: text({ description: "User name.", examples: SECRET_EXAMPLES }),
    password: text({ description: "Password.", examples: SECRET_EXAMPLES }),
  })
  .meta({
    description: "WS-Security, user name token.",
    examples: [{ type: "wsSecurity", username: SECRET_EXAMPLES[0], password: SECRET_EXAMPLES[0] }],
  });

const login = z
  .strictObject({
    type: z.literal("login").meta({ description: "A user of the database.", examples: ["login"] }),
    username: text({ description: "User name.", examples: SECRET_EXAMPLES }),
    password: text({ description: "Password.", examples: SECRET_EXAMPLES }),
  })
  .meta({
    description: "A user of the database and its password.",
    examples: [{ type: "login", username: SECRET_EXAMPLES[0], password: SECRET_EXAMPLES[0] }],
  });

const iam = z
  .strictObject({
    type: z.literal("iam").meta({ description: "A token of AWS IAM in place of a password.", examples: ["iam"] }),
    username: text({ description: "User name.", examples: ["gateway"] }),
  })
  .meta({ description: "IAM authentication of RDS.", examples: [{ type: "iam", username: "gateway" }] });

const META = {
  description: "How calls are authenticated.",
  choice: "The way of authenticating; it decides which keys go with it.",
  examples: [{ type: "basic", username: SECRET_EXAMPLES[0] }],
};

export const httpAuth = z.discriminatedUnion("type", [basic, bearer, apiKey, oauth2, mtls]).meta(META);

export const soapAuth = z.discriminatedUnion("type", [basic, bearer, apiKey, oauth2, mtls, wsSecurity]).meta(META);

export const sqlAuth = z.discriminatedUnion("type", [login, iam]).meta({
  ...META,
  examples: [{ type: "login", username: SECRET_EXAMPLES[0], password: SECRET_EXAMPLES[0] }],
});

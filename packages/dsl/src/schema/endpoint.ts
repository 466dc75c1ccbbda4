import { z } from "zod";
import { httpAuth, soapAuth, sqlAuth } from "./auth";
import { count, headers, json, named, SECRET_EXAMPLES, text } from "./leaves";

/** The target, by adapter: how it is spoken to decides what must be known of it. */

const vpc = z
  .strictObject({
    subnets: z
      .array(
        named(/^subnet-[0-9a-f]+$/, "the id of a subnet", { description: "A subnet.", examples: ["subnet-0a1b2c"] }),
      )
      .min(1)
      .meta({ description: "The subnets of the worker.", examples: [["subnet-0a1b2c"]] }),
    securityGroups: z
      .array(
        named(/^sg-[0-9a-f]+$/, "the id of a security group", { description: "A group.", examples: ["sg-0a1b2c"] }),
      )
      .meta({ description: "The worker's security groups.", examples: [["sg-0a1b2c"]] })
      .optional(),
  })
  .meta({
    description: "The network that the worker runs in, for targets inside of it or for fixed egress addresses.",
    examples: [{ subnets: ["subnet-0a1b2c"] }],
  });

const ca = text({
  description: "A certificate authority to trust beside the usual ones, PEM.",
  examples: SECRET_EXAMPLES,
});
const proxy = text({ description: "A proxy that calls go through.", examples: ["http://proxy.example.org:3128"] });

const adapter = <const Name extends string>(name: Name, description: string) =>
  z.literal(name).meta({ description, examples: [name] });

const http = z
  .strictObject({
    adapter: adapter("http", "HTTP with JSON or text."),
    url: text({
      description: "Where the target is; the operations' paths are joined to it.",
      examples: ["https://api.company-information.service.gov.uk"],
    }),
    headers: headers("Headers of every call.").prefault({}),
    auth: httpAuth.optional(),
    ca: ca.optional(),
    proxy: proxy.optional(),
    vpc: vpc.optional(),
  })
  .meta({ description: "An HTTP API.", examples: [{ adapter: "http", url: "https://api.example.org" }] });

const SOAP = { adapter: "soap", wsdl: "./quotes.wsdl", url: "https://soap.example.org/quotes" };

const soap = z
  .strictObject({
    adapter: adapter("soap", "SOAP, described by a WSDL."),
    wsdl: text({ description: "The WSDL: a file beside this one, or a URL.", examples: [SOAP.wsdl] }),
    url: text({ description: "Where the target is, if not where the WSDL says.", examples: [SOAP.url] }).optional(),
    version: z
      .enum(["1.1", "1.2"])
      .meta({
        description: "The version of SOAP.",
        examples: ["1.1"],
        enumDescriptions: [
          "The usual one; SOAPAction is a header.",
          "The later one; the action is part of the content type.",
        ],
      })
      .optional(),
    headers: headers("HTTP headers of every call.").prefault({}),
    auth: soapAuth.optional(),
    ca: ca.optional(),
    proxy: proxy.optional(),
    vpc: vpc.optional(),
  })
  .meta({ description: "A SOAP service.", examples: [SOAP] });

const SQL = { adapter: "sql", engine: "postgres", host: "db.example.org", database: "orders" };

const sql = z
  .strictObject({
    adapter: adapter("sql", "A database; an operation is a statement."),
    engine: z.enum(["postgres", "mysql", "sqlserver", "oracle"]).meta({
      description: "The database's kind.",
      examples: ["postgres"],
      enumDescriptions: ["PostgreSQL.", "MySQL or MariaDB.", "Microsoft SQL Server.", "Oracle Database."],
    }),
    host: text({ description: "The database's host.", examples: [SQL.host] }),
    port: count(1, 65_535, "The database's port; left out: the engine's usual one.", 5_432).optional(),
    database: text({ description: "The database's name.", examples: [SQL.database] }),
    auth: sqlAuth.optional(),
    ca: ca.optional(),
    vpc: vpc.optional(),
  })
  .meta({ description: "A database.", examples: [SQL] });

const LAMBDA = { adapter: "lambda", function: "legacy-mainframe" };

const lambda = z
  .strictObject({
    adapter: adapter("lambda", "A Lambda function that reaches the target."),
    function: text({ description: "The function's name or ARN.", examples: [LAMBDA.function] }),
    qualifier: text({ description: "Its version or alias.", examples: ["live"] }).optional(),
  })
  .meta({ description: "A Lambda function.", examples: [LAMBDA] });

const MODULE = { adapter: "module", file: "./adapters/mainframe.mjs" };

const module_ = z
  .strictObject({
    adapter: adapter("module", "A module of your own that makes the calls."),
    file: text({ description: "The module: a file beside this one.", examples: [MODULE.file] }),
    settings: json.optional().meta({ description: "What the module is given.", examples: [{ station: 7 }] }),
    vpc: vpc.optional(),
  })
  .meta({ description: "A module of your own.", examples: [MODULE] });

export const endpoint = z.discriminatedUnion("adapter", [http, soap, sql, lambda, module_]).meta({
  description: "The target.",
  choice: "How the target is spoken to; it decides which keys go with it.",
  examples: [{ adapter: "http", url: "https://api.example.org" }],
});

/** Keys of an operation by the adapter that they are for; a key that is not listed is for all. */
export const ADAPTER_KEYS: Readonly<
  Record<string, { readonly needs: readonly string[]; readonly takes: readonly string[] }>
> = {
  http: { needs: ["path"], takes: ["method", "headers", "body"] },
  soap: { needs: ["action"], takes: ["headers", "body"] },
  sql: { needs: ["statement"], takes: ["parameters"] },
  lambda: { needs: [], takes: ["body"] },
  module: { needs: [], takes: ["body"] },
};

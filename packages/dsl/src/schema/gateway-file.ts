import { z } from "zod";
import { ADAPTER_KEYS, endpoint } from "./endpoint";
import { count, duration, json, named, patch, text } from "./leaves";
import { hours, quota, rateLimit, tiers } from "./limits";
import { operations } from "./operation";
import { outcomes, retries } from "./outcomes";
import { alarms, circuit, fairness, overflow, worker } from "./running";

/**
 * The file format: the one source of the JSON Schema, of the types and of the defaults. What a reader of the file
 * writes is the schema's input; what the plan is made from is its output, with units parsed and defaults filled.
 *
 * @see DESIGN.md, section 3
 */

const NAME = /^(?=.{1,40}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const NAME_SAYS = "lower-case words joined by hyphens, at most 40 letters";

const timeouts = z
  .strictObject({
    connect: duration({ description: "To a standing connection, TLS included.", examples: ["2s"] }).prefault("2s"),
    response: duration({
      description: "From the request's first byte to the answer's last; at most 7 minutes.",
      examples: ["10s"],
    }).prefault("10s"),
  })
  .meta({ description: "How long the target may take.", examples: [{ connect: "2s", response: "10s" }] })
  .prefault({});

// biome-ignore lint/suspicious/noTemplateCurlyInString: the language's own braces
const INSTANCE = { name: "acme", endpoint: { auth: { username: "${secret:companies-house/acme#key}" } } };

const instances = z
  .array(
    z
      .object({ name: named(NAME, NAME_SAYS, { description: "The instance's name.", examples: ["acme"] }) })
      .catchall(json)
      .meta({ description: "What differs in this instance, as a merge patch of the file.", examples: [INSTANCE] }),
  )
  .min(1)
  .meta({
    description: "One gateway for each, where the target limits by tenant or by key.",
    examples: [[INSTANCE]],
  });

const ENVIRONMENT = { rateLimit: "1/s", endpoint: { url: "https://sandbox.example.org" } };

const environments = z
  .record(
    named(/^[a-z][a-z0-9-]{0,19}$/, "lower-case letters, digits and hyphens, at most 20", {
      description: "The environment's name, which --env gives.",
      examples: ["staging"],
    }),
    patch([{ rateLimit: "1/s" }]),
  )
  .meta({ description: "What differs by environment, chosen by --env.", examples: [{ staging: ENVIRONMENT }] })
  .prefault({});

/** A gateway file, whole. */
export const gatewayFile = z
  .strictObject({
    version: z.literal(1).meta({ description: "The version of this language.", examples: [1] }),
    name: named(NAME, NAME_SAYS, {
      description: "The gateway's name in kebab-case; the stack's and the file's name.",
      examples: ["companies-house"],
    }),
    description: text({ description: "What the target is.", examples: ["UK company register"] }).optional(),
    owner: text({
      description: "Who is responsible; shown on dashboards and alarms.",
      examples: ["@acme/data-platform"],
    }).optional(),
    rateLimit: rateLimit.optional(),
    concurrency: count(1, 200, "Most calls open at the target at once, 1 to 200.", 4).optional(),
    jitter: duration({
      description:
        "How far an arrival at the target may be shifted by the worker and the path. Default: the larger of 20 ms and 1 % of the window.",
      examples: ["50ms"],
    }).optional(),
    quota: quota.optional(),
    hours: hours.optional(),
    tiers,
    defaultTier: text({
      description: "The tier of a request that names none. Default: NORMAL, or the one in the middle.",
      examples: ["NORMAL"],
    }).optional(),
    timeouts,
    endpoint,
    operations,
    outcomes: outcomes.prefault({}),
    retries: retries.prefault({}),
    circuit: circuit.optional(),
    overflow: overflow.optional(),
    fairness: fairness.optional(),
    alarms: alarms.optional(),
    worker: worker.optional(),
    instances: instances.optional(),
    environments,
  })
  .superRefine((file, context) => {
    for (const [name, operation] of Object.entries(file.operations))
      for (const key of ADAPTER_KEYS[file.endpoint.adapter]?.needs ?? [])
        if (!Object.entries(operation).some(([given, value]) => given === key && value !== undefined))
          context.addIssue({ code: "custom", path: ["operations", name, key], message: `${key} is missing` });
  })
  .meta({ title: "Sluice gateway", description: "One slow, rate-limited API and how Sluice calls it." });

/** A gateway file as people write it. */
export type GatewayFileInput = z.input<typeof gatewayFile>;

/** A valid gateway file with units parsed and defaults filled. */
export type GatewayFile = z.output<typeof gatewayFile>;

import { z } from "zod";
import { count, named, patch } from "./leaves";

/** What all gateways of a repository share: `sluice.yaml` at its root. */

const environment = z
  .strictObject({
    account: named(/^[0-9]{12}$/, "an account's twelve digits, in quotes", {
      description: "The AWS account that the environment is in.",
      examples: ["123456789012"],
    }).optional(),
    region: named(/^[a-z]{2}(-[a-z]+)+-[0-9]$/, "a region, like eu-west-2", {
      description: "The AWS region that the environment is in.",
      examples: ["eu-west-2"],
    }).optional(),
    concurrency: count(
      1,
      100_000,
      "Units of the account's Lambda concurrency that all gateways together may reserve.",
      100,
    ).optional(),
  })
  .meta({
    description: "Where an environment is, and what it may use.",
    examples: [{ account: "123456789012", region: "eu-west-2", concurrency: 100 }],
  });

/** Both places once, in either order; a letter or a place first. */
const NAMING_PATTERN =
  /^(?=[A-Za-z{])(?=[^{]*(\{gateway\}[^{]*\{environment\}|\{environment\}[^{]*\{gateway\})[^{]*$)[A-Za-z0-9{}-]{1,60}$/;

const NAMING = "acme-{gateway}-{environment}";

/** The file of a repository of gateways, whole. */
export const projectFile = z
  .strictObject({
    version: z.literal(1).meta({ description: "The version of this language.", examples: [1] }),
    defaults: patch([{ timeouts: { response: "15s" } }])
      .meta({
        description:
          "What every gateway file begins with; a file's own keys are merged over it (RFC 7396), lists are replaced whole.",
        examples: [{ owner: "@acme/integration", timeouts: { response: "15s" } }],
      })
      .prefault({}),
    environments: z
      .record(
        named(/^[a-z][a-z0-9-]{0,19}$/, "lower-case letters, digits and hyphens, at most 20", {
          description: "The environment's name, which --env gives.",
          examples: ["production"],
        }),
        environment,
      )
      .meta({
        description:
          "The environments of all gateways. A gateway file needs to name one only where something differs in it.",
        examples: [{ production: { account: "123456789012", region: "eu-west-2" } }],
      })
      .prefault({}),
    naming: named(
      NAMING_PATTERN,
      `{gateway} and {environment}, once each, with letters, digits and hyphens, like ${NAMING}`,
      {
        description:
          "What stacks are called, and what the names of queues, topics, functions and state machines begin with. Without an environment its place is left out. Default: sluice-{gateway}-{environment}. Another naming makes new stacks of all gateways.",
        examples: [NAMING],
      },
    ).optional(),
    policy: z
      .strictObject({
        owner: z
          .enum(["required", "optional"])
          .meta({
            description: "Whether every gateway must state its owner.",
            examples: ["required"],
            enumDescriptions: ["A gateway without an owner is an error.", "It may do without."],
          })
          .prefault("optional"),
        maxCallsPerSecond: count(1, 150, "No gateway may call its target faster.", 50).optional(),
      })
      .meta({ description: "What is asked of every gateway here.", examples: [{ owner: "required" }] })
      .prefault({}),
  })
  .meta({ title: "Sluice project", description: "What all gateways of a repository share." });

/** `sluice.yaml` as people write it. */
export type ProjectFileInput = z.input<typeof projectFile>;

/** A valid `sluice.yaml`, defaults filled. */
export type ProjectFile = z.output<typeof projectFile>;

import type { Json } from "@sluice/dsl";
import { ServiceError } from "./cloud-types";
import type { Services } from "./emulated-account";
import { isObject } from "./input";
import type { EventSourceMapping } from "./models/event-source-mapping/event-source-mapping";
import { readAssets } from "./template-assets";
import { type Naming, RESOURCE_TYPES, type ResourceType, type StackParts } from "./template-resources";
import { type Identity, Properties, type References, resolveValue, TemplateError } from "./template-values";

/** A stack that runs in the models. */
export interface LoadedStack {
  readonly name: string;
  /** The gateway's one state machine. */
  readonly stateMachineArn: string;
  readonly functionNames: readonly string[];
  readonly queueNames: readonly string[];
  readonly tableNames: readonly string[];
  readonly topicArns: readonly string[];
  readonly mappings: readonly EventSourceMapping[];
  /** The template's Outputs, resolved. */
  readonly outputs: Readonly<Record<string, string>>;
  /** SSM parameters, by name. */
  readonly parameters: ReadonlyMap<string, string>;
  /** What the template says and what has no effect here: `Worker (AWS::Lambda::Function): Architectures`. */
  readonly inert: readonly string[];
  /** What Ref gives of a resource: a queue's URL, a topic's ARN, a function's name. */
  ref(logicalId: string): string;
  /** Where everything of it runs. */
  readonly services: Services;
  /** Ends its pollers and its execution environments. Its schedules end with {@link Services.stop}. */
  stop(): void;
}

export interface LoadOptions {
  /** The synthesized template, parsed. */
  readonly template: Json;
  /** The cloud assembly's folder, with the template's `*.assets.json`. */
  readonly assetDir: string;
  readonly stackName: string;
  readonly services: Services;
}

/**
 * Makes every resource of a synthesized template in the models: what deployed it would be, as far as it can be told
 * here. Roles may do what the template lets them do, subscriptions deliver where a queue's policy admits them.
 *
 * @throws TemplateError naming the resource type, property, function or reference that is unknown, what is missing, or
 * the resource that a service refuses, in AWS's words
 * @throws UnsupportedPolicy when a policy says something that is not modelled
 */
export async function loadTemplate({ template, assetDir, stackName, services }: LoadOptions): Promise<LoadedStack> {
  const sections = checkShape(template, stackName);
  const stack = new Stack(sections, stackName, services);
  const parts = newParts(services, assetDir, stack.references);
  await stack.create(parts);
  const outputs = stack.outputs();
  const { mappings, functionNames, stateMachineArns } = parts;
  return {
    ...parts,
    name: stackName,
    inert: stack.inert,
    outputs,
    ref: (logicalId) => stack.refOf(logicalId),
    get stateMachineArn() {
      const [only, ...others] = stateMachineArns;
      if (only === undefined || others.length > 0)
        throw new TemplateError(`${stackName} has ${stateMachineArns.length} state machines, and a gateway has one.`);
      return only;
    },
    stop: () => {
      for (const mapping of mappings) mapping.stop();
      for (const name of functionNames) services.lambda.stopFunction(name);
    },
  };
}

/**
 * Makes of a loaded stack its new version: the function's code, layers and settings, the state machine and the roles.
 * Resources that come or go, and queues, topics, tables and schedules that change, are not modelled: they stay.
 *
 * @throws as {@link loadTemplate}
 */
export async function updateStack({ template, assetDir, stackName, services }: LoadOptions): Promise<void> {
  const stack = new Stack(checkShape(template, stackName), stackName, services);
  await stack.update(newParts(services, assetDir, stack.references));
}

type Fields = { [key: string]: Json };

interface Sections {
  readonly resources: Readonly<Record<string, Fields>>;
  readonly parameters: Fields;
  readonly outputs: Fields;
  readonly inert: readonly string[];
}

/** CDK's own, for the bootstrap stack that no local run has. */
const INERT_SECTIONS = ["Conditions", "Description", "Metadata", "Rules"];
const KNOWN_SECTIONS = ["AWSTemplateFormatVersion", "Resources", "Parameters", "Outputs", ...INERT_SECTIONS];
const FORMAT_VERSION = "2010-09-09";

function checkShape(template: Json, stackName: string): Sections {
  if (!isObject(template) || !isObject(template.Resources))
    throw new TemplateError(`${stackName} is no CloudFormation template: it has no Resources.`);
  const version = template.AWSTemplateFormatVersion ?? FORMAT_VERSION;
  if (version !== FORMAT_VERSION)
    throw new TemplateError(
      `${stackName} is a template of the format ${JSON.stringify(version)}; the local mode reads ${FORMAT_VERSION}.`,
    );
  const unknown = Object.keys(template).find((section) => !KNOWN_SECTIONS.includes(section));
  if (unknown !== undefined)
    throw new TemplateError(`${stackName} has the section ${unknown}, which the local mode does not know.`);
  const resources: Record<string, Fields> = {};
  for (const [logicalId, resource] of Object.entries(template.Resources)) {
    if (!isObject(resource)) throw new TemplateError(`${stackName}, ${logicalId} is no resource.`);
    resources[logicalId] = resource;
  }
  return {
    resources,
    parameters: isObject(template.Parameters) ? template.Parameters : {},
    outputs: isObject(template.Outputs) ? template.Outputs : {},
    inert: INERT_SECTIONS.filter((section) => template[section] !== undefined),
  };
}

/** Attributes of a resource beside its type and properties. Metadata and policies of removal do nothing here. */
const RESOURCE_FIELDS = ["Type", "Properties", "DependsOn", "Metadata", "DeletionPolicy", "UpdateReplacePolicy"];

class Stack {
  readonly inert: string[];
  readonly references: References;
  private readonly identities = new Map<string, Identity>();
  private readonly beingIdentified = new Set<string>();

  constructor(
    private readonly sections: Sections,
    private readonly stackName: string,
    private readonly services: Services,
  ) {
    this.inert = [...sections.inert];
    this.references = { values: this.values(), identify: (logicalId) => this.identify(logicalId) };
  }

  create(parts: StackParts): Promise<void> {
    return this.make(parts, ({ create }) => create);
  }

  update(parts: StackParts): Promise<void> {
    return this.make(parts, ({ update }) => update);
  }

  private async make(parts: StackParts, how: (type: ResourceType) => ResourceType["create"] | undefined) {
    const resources = Object.entries(this.sections.resources);
    for (const [logicalId, resource] of resources) this.check(logicalId, resource);
    for (const [type, known] of Object.entries(RESOURCE_TYPES)) {
      const makeIt = how(known);
      if (makeIt === undefined) continue;
      for (const [logicalId, resource] of resources) {
        if (resource.Type !== type) continue;
        const properties = this.propertiesOf(logicalId, resource);
        await refusedIn(properties.where, () => makeIt(properties, this.identityOf(logicalId), parts));
        properties.finish();
      }
    }
  }

  outputs(): Record<string, string> {
    const entries = Object.entries(this.sections.outputs).map(([name, output]): [string, string] => {
      const value = isObject(output) ? output.Value : undefined;
      return [name, String(resolveValue(value ?? null, `Outputs.${name}`, this.references))];
    });
    return Object.fromEntries(entries);
  }

  refOf(logicalId: string): string {
    const identity = this.identify(logicalId);
    if (identity === undefined)
      throw new TemplateError(
        `${this.stackName} has no resource ${logicalId}; it has ${Object.keys(this.sections.resources).join(", ")}.`,
      );
    return identity.ref;
  }

  private check(logicalId: string, resource: Fields): void {
    const where = this.whereOf(logicalId);
    if (typeof resource.Type !== "string" || !(resource.Type in RESOURCE_TYPES))
      throw new TemplateError(
        `${logicalId} is of the resource type ${resource.Type}, which the local mode does not know; it knows ${Object.keys(RESOURCE_TYPES).join(", ")}.`,
      );
    const unknown = Object.keys(resource).find((field) => !RESOURCE_FIELDS.includes(field));
    if (unknown !== undefined) throw new TemplateError(`${where} has ${unknown}, which the local mode does not know.`);
    const { DependsOn: needed = [] } = resource;
    for (const other of Array.isArray(needed) ? needed : [needed])
      if (typeof other !== "string" || this.sections.resources[other] === undefined)
        throw new TemplateError(`${where} depends on ${other}, and the template has no such resource.`);
  }

  private propertiesOf(logicalId: string, resource: Fields): Properties {
    const where = this.whereOf(logicalId);
    const given = isObject(resource.Properties) ? resource.Properties : {};
    const resolved: Fields = {};
    for (const [name, value] of Object.entries(given)) {
      const result = resolveValue(value, `${where}, ${name}`, this.references);
      if (result !== undefined) resolved[name] = result;
    }
    return new Properties(where, resolved, (property) => this.inert.push(`${where}: ${property}`));
  }

  /** Names and ARNs are known before anything is made, so that the order of making is free. */
  private identify(logicalId: string): Identity | undefined {
    const known = this.identities.get(logicalId);
    if (known !== undefined) return known;
    const resource = this.sections.resources[logicalId];
    const type = typeof resource?.Type === "string" ? RESOURCE_TYPES[resource.Type] : undefined;
    if (resource === undefined || type === undefined) return undefined;
    if (this.beingIdentified.has(logicalId))
      throw new TemplateError(`${this.whereOf(logicalId)} is named after something that is named after it.`);
    this.beingIdentified.add(logicalId);
    const identity = type.identify(this.namingOf(logicalId, resource));
    this.identities.set(logicalId, identity);
    return identity;
  }

  private identityOf(logicalId: string): Identity {
    return this.identify(logicalId) ?? { ref: logicalId, attributes: {} };
  }

  private namingOf(logicalId: string, resource: Fields): Naming {
    const { account, region } = this.services.world;
    const given = isObject(resource.Properties) ? resource.Properties : {};
    return {
      logicalId,
      region,
      account,
      stackName: this.stackName,
      queueOrigin: this.services.queueOrigin,
      given: (property) => {
        const value = given[property];
        const where = `${this.whereOf(logicalId)}, ${property}`;
        return value === undefined ? undefined : resolveValue(value, where, this.references);
      },
    };
  }

  private whereOf(logicalId: string): string {
    return `${logicalId} (${this.sections.resources[logicalId]?.Type})`;
  }

  private values(): ReadonlyMap<string, string> {
    const { account, region } = this.services.world;
    const values = new Map([
      ["AWS::AccountId", account],
      ["AWS::Partition", "aws"],
      ["AWS::Region", region],
      ["AWS::StackName", this.stackName],
      ["AWS::StackId", `arn:aws:cloudformation:${region}:${account}:stack/${this.stackName}/local`],
      ["AWS::URLSuffix", "amazonaws.com"],
    ]);
    for (const [name, parameter] of Object.entries(this.sections.parameters)) {
      // One that CloudFormation would read from SSM, like CDK's BootstrapVersion, has no value here.
      if (isObject(parameter) && parameter.Type === "String" && typeof parameter.Default === "string")
        values.set(name, parameter.Default);
      else this.inert.push(`Parameters.${name}`);
    }
    return values;
  }
}

/** Says of which resource a service's refusal is. */
async function refusedIn(where: string, create: () => void | Promise<void>): Promise<void> {
  try {
    await create();
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    throw new TemplateError(`${where}: ${error.message}`);
  }
}

const newParts = (services: Services, assetDir: string, references: References): StackParts => ({
  services,
  assets: readAssets(assetDir, references),
  roles: new Map(),
  layers: new Map(),
  functionPrincipals: new Map(),
  stateMachineArns: [],
  functionNames: [],
  queueNames: [],
  tableNames: [],
  topicArns: [],
  mappings: [],
  parameters: new Map(),
});

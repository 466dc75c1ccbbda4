import { type Json, type Micros, us } from "@sluice/dsl";
import { authorize, type Policy, parsePolicy } from "./authorization";
import { after } from "./clock";
import { type Cloud, type Principal, ServiceError } from "./cloud-types";
import { type Input, inputObject } from "./input";
import { strikes, upTo, type World } from "./world";

/** One operation of a model, as AWS's API names it. */
export interface ServiceOperation {
  /** The IAM action that it needs: `sqs:SendMessage` for SendMessage and SendMessageBatch. */
  readonly action: string;
  /** The ARN that the input names, `*` when it names none. */
  resource(input: Input): string;
  /** The policy on that resource, where the service has such. */
  resourcePolicy?(input: Input): Policy | undefined;
  /** Does it, without asking whether the principal may: {@link LocalCloud} has. */
  run(input: Input, principal: Principal): Json | Promise<Json>;
}

/** An operation that was done, as the service itself saw it: whether its answer got through is another matter. */
export interface Performed {
  readonly principal: Principal;
  readonly service: string;
  readonly operation: string;
  readonly input: Input;
  readonly output: Json;
}

/** What a service can do, by the operation's name. */
export type ServiceOperations = Readonly<Record<string, ServiceOperation>>;

interface Role {
  readonly policies: readonly Policy[];
  readonly trust: Policy;
}

/** What was let in before: by action, then by resource, the resource's policy of then. */
type LetIn = Map<string, Map<string, Policy | undefined>>;

/**
 * One emulated account in one region. The one place where a call is authorized, and where the faults of the network
 * between a role's process and AWS happen.
 */
export class LocalCloud implements Cloud {
  private readonly services = new Map<string, ServiceOperations>();
  private readonly roles = new Map<string, Role>();
  /**
   * By principal, which is one object for whoever calls often. Policies are values that are replaced and never changed, so
   * that the same ones say the same again.
   */
  private letIn = new WeakMap<Principal, LetIn>();
  private readonly listeners = new Set<(done: Performed) => void>();

  constructor(readonly world: World) {}

  /** @throws Error when the service is registered already */
  register(service: string, operations: ServiceOperations): void {
    if (this.services.has(service)) throw new Error(`the service ${service} is registered twice`);
    this.services.set(service, operations);
  }

  /**
   * A role of the template. A second declaration replaces the first.
   *
   * @param policies its inline and attached policy documents, intrinsic functions resolved
   * @param trust its AssumeRolePolicyDocument
   * @throws UnsupportedPolicy when a document says something that is not modelled
   */
  declareRole(arn: string, policies: readonly Json[], trust: Json): void {
    this.letIn = new WeakMap();
    this.roles.set(arn, {
      policies: policies.map((document) => parsePolicy(document, `a policy of ${arn}`)),
      trust: parsePolicy(trust, `the trust policy of ${arn}`),
    });
  }

  /**
   * The role as a service takes it on, the only way in which the models come by one.
   *
   * @param service `lambda.amazonaws.com`, `states.amazonaws.com`, `scheduler.amazonaws.com`
   * @param sourceArn the function, state machine or schedule for which it does
   * @throws ServiceError AccessDeniedException when there is no such role or it does not trust the service
   */
  assumeRole(arn: string, service: string, sourceArn: string): Principal {
    authorize({
      principal: { kind: "service", name: service, sourceArn },
      action: "sts:AssumeRole",
      resource: arn,
      identityPolicies: [],
      resourcePolicy: this.roles.get(arn)?.trust,
    });
    return { kind: "role", arn };
  }

  call(principal: Principal, service: string, operation: string, input: Json): Promise<Json> {
    return principal.kind === "role"
      ? this.overTheNetwork(principal, service, operation, input)
      : this.atOnce(principal, service, operation, input);
  }

  /** Tells every operation from now on when it has been done; the returned function stops that. */
  onPerformed(listener: (done: Performed) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  private async atOnce(principal: Principal, service: string, operation: string, given: Json): Promise<Json> {
    const found = this.find(service, operation);
    return this.performAndTell(found, { principal, service, operation, input: inputOf(service, operation, given) });
  }

  private performAndTell(operation: ServiceOperation, asked: Omit<Performed, "output">): Json | Promise<Json> {
    const performing = this.perform(asked.principal, operation, asked.input);
    return this.listeners.size === 0 ? performing : this.tell(performing, asked);
  }

  private async tell(performing: Json | Promise<Json>, asked: Omit<Performed, "output">): Promise<Json> {
    const output = await performing;
    for (const listener of this.listeners) listener({ ...asked, output });
    return output;
  }

  /** @throws ServiceError when the principal may not; the operation's own failures are thrown or rejected */
  private perform(principal: Principal, operation: ServiceOperation, input: Input): Json | Promise<Json> {
    if (principal.kind !== "user") this.authorizeOnce(principal, operation, input);
    return operation.run(input, principal);
  }

  /** A principal asks the same of the same resource all the time: a verdict that let it in is remembered. */
  private authorizeOnce(
    principal: Exclude<Principal, { kind: "user" }>,
    { action, resource: resourceIn, resourcePolicy: policyIn }: ServiceOperation,
    input: Input,
  ): void {
    const resource = resourceIn(input);
    const resourcePolicy = policyIn?.(input);
    const before = this.letInOf(principal, action);
    if (before.has(resource) && before.get(resource) === resourcePolicy) return;
    const identityPolicies = principal.kind === "role" ? (this.roles.get(principal.arn)?.policies ?? []) : [];
    authorize({ principal, action, resource, identityPolicies, resourcePolicy });
    before.set(resource, resourcePolicy);
  }

  private letInOf(principal: Exclude<Principal, { kind: "user" }>, action: string): Map<string, Policy | undefined> {
    const actions = this.letIn.get(principal) ?? new Map();
    const resources = actions.get(action) ?? new Map();
    if (resources.size === 0) this.letIn.set(principal, actions.set(action, resources));
    return resources;
  }

  private async overTheNetwork(principal: Principal, service: string, operation: string, given: Json): Promise<Json> {
    const { faults } = this.world;
    const found = this.find(service, operation);
    const input = inputOf(service, operation, given);
    const halfUs = us(Math.floor(faults.callWithinUs / 2));
    const thereUs = upTo(this.world, halfUs);
    if (thereUs > 0) await this.pause(thereUs);
    if (strikes(this.world, "throttled", service, faults.throttled[service] ?? 0, input)) throw throttling();
    if (strikes(this.world, "failBefore", service, faults.failBefore[service] ?? 0, input)) throw serviceFailure();
    const output = await this.performAndTell(found, { principal, service, operation, input });
    const backUs = upTo(this.world, halfUs);
    if (backUs > 0) await this.pause(backUs);
    if (strikes(this.world, "failAfter", service, faults.failAfter[service] ?? 0, input)) throw serviceFailure();
    return output;
  }

  private pause(duration: Micros): Promise<void> {
    return new Promise((resolve) => void after(this.world.clock, duration, resolve));
  }

  private find(service: string, operation: string): ServiceOperation {
    const operations = this.services.get(service);
    if (operations === undefined) throw unknownOperation(`the service ${service}`, "Services", this.services.keys());
    const found = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
    if (found === undefined) throw unknownOperation(`${service} ${operation}`, "Operations", Object.keys(operations));
    return found;
  }
}

const inputOf = (service: string, operation: string, given: Json): Input =>
  inputObject(given, `the input of ${service} ${operation}`);

const unknownOperation = (what: string, kind: string, supported: Iterable<string>): ServiceError =>
  new ServiceError(
    "UnknownOperationException",
    `${what} is not modelled locally. ${kind} that are: ${[...supported].sort().join(", ")}`,
    404,
  );

const throttling = (): ServiceError => new ServiceError("ThrottlingException", "Rate exceeded");

const serviceFailure = (): ServiceError =>
  new ServiceError("InternalError", "We encountered an internal error. Please try again.", 500);

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

/**
 * One emulated account in one region. The one place where a call is authorized, and where the faults of the network
 * between a role's process and AWS happen.
 */
export class LocalCloud implements Cloud {
  private readonly services = new Map<string, ServiceOperations>();
  private readonly roles = new Map<string, Role>();
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

  async call(principal: Principal, service: string, operation: string, input: Json): Promise<Json> {
    const found = this.find(service, operation);
    const fields = inputObject(input, `the input of ${service} ${operation}`);
    const perform = () => this.performAndTell(found, { principal, service, operation, input: fields });
    return principal.kind === "role" ? this.overTheNetwork(service, fields, perform) : perform();
  }

  /** Tells every operation from now on when it has been done; the returned function stops that. */
  onPerformed(listener: (done: Performed) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  private async performAndTell(operation: ServiceOperation, asked: Omit<Performed, "output">): Promise<Json> {
    const performing = this.perform(asked.principal, operation, asked.input);
    if (this.listeners.size === 0) return performing;
    const output = await performing;
    for (const listener of this.listeners) listener({ ...asked, output });
    return output;
  }

  private async perform(principal: Principal, operation: ServiceOperation, input: Input): Promise<Json> {
    authorize({
      principal,
      action: operation.action,
      resource: operation.resource(input),
      identityPolicies: principal.kind === "role" ? (this.roles.get(principal.arn)?.policies ?? []) : [],
      resourcePolicy: operation.resourcePolicy?.(input),
    });
    return operation.run(input, principal);
  }

  private async overTheNetwork(service: string, input: Input, perform: () => Promise<Json>): Promise<Json> {
    const { faults } = this.world;
    const halfUs = us(Math.floor(faults.callWithinUs / 2));
    await this.pause(upTo(this.world, halfUs));
    if (strikes(this.world, "throttled", service, faults.throttled[service] ?? 0, input)) throw throttling();
    if (strikes(this.world, "failBefore", service, faults.failBefore[service] ?? 0, input)) throw serviceFailure();
    const output = await perform();
    await this.pause(upTo(this.world, halfUs));
    if (strikes(this.world, "failAfter", service, faults.failAfter[service] ?? 0, input)) throw serviceFailure();
    return output;
  }

  private async pause(duration: Micros): Promise<void> {
    if (duration > 0) await new Promise<void>((resolve) => void after(this.world.clock, duration, resolve));
  }

  private find(service: string, operation: string): ServiceOperation {
    const operations = this.services.get(service);
    if (operations === undefined) throw unknownOperation(`the service ${service}`, "Services", this.services.keys());
    const found = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
    if (found === undefined) throw unknownOperation(`${service} ${operation}`, "Operations", Object.keys(operations));
    return found;
  }
}

const unknownOperation = (what: string, kind: string, supported: Iterable<string>): ServiceError =>
  new ServiceError(
    "UnknownOperationException",
    `${what} is not modelled locally. ${kind} that are: ${[...supported].sort().join(", ")}`,
    404,
  );

const throttling = (): ServiceError => new ServiceError("ThrottlingException", "Rate exceeded");

const serviceFailure = (): ServiceError =>
  new ServiceError("InternalError", "We encountered an internal error. Please try again.", 500);

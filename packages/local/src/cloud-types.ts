import type { Json } from "@sluice/dsl";

/** Who calls a service: checked against the template's own role statements and resource policies. */
export type Principal =
  /** The person at the keyboard: may do everything. */
  | { readonly kind: "user" }
  /** A role of the template, by its ARN. */
  | { readonly kind: "role"; readonly arn: string }
  /** A service acting on its own behalf, let in by a resource policy (SNS delivering to a queue). */
  | { readonly kind: "service"; readonly name: string; readonly sourceArn: string };

/** A refusal by a model, as the service words it. `name` is what the SDK shows as the exception's name. */
export class ServiceError extends Error {
  constructor(
    /** Shape name: `QueueDoesNotExist`, `ConditionalCheckFailedException`, `AccessDeniedException`. */
    override readonly name: string,
    message: string,
    readonly status = 400,
    /** For awsQueryCompatible services (SQS): the older code, `AWS.SimpleQueueService.NonExistentQueue`. */
    readonly queryCode?: string,
  ) {
    super(message);
  }
}

/** One emulated account in one region. Everything (wire server, worker in virtual time, other models) calls it so. */
export interface Cloud {
  /** `service`: sqs, sns, sfn, dynamodb, secretsmanager, lambda. Input and output as in AWS's API. */
  call(principal: Principal, service: string, operation: string, input: Json): Promise<Json>;
}

/** A function as the template declares it. */
export interface DeployedFunction {
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  readonly handler: string;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  readonly reservedConcurrency: number | undefined;
  readonly environment: Readonly<Record<string, string>>;
  /** Folder of the code asset. */
  readonly codePath: string;
  /** Folders of the layers, in order; what Lambda would lay over /opt. */
  readonly layerPaths: readonly string[];
}

/** How a function's code really runs: a process of its own in the local mode, the core itself in virtual time. */
export interface EnvironmentHost {
  /** A new execution environment, initialised (a cold start). Rejects when its initialisation fails. */
  start(fn: DeployedFunction, environmentId: string): Promise<Environment>;
}

/** One execution environment: one invocation at a time, frozen in between. */
export interface Environment {
  readonly id: string;
  invoke(invocation: Invocation): Promise<InvocationEnd>;
  /** Ends it at once; a running invocation ends as `crash`. */
  kill(): void;
  readonly isAlive: boolean;
}

export interface Invocation {
  readonly requestId: string;
  readonly event: Json;
  /** Epoch milliseconds at which the function's timeout ends it. */
  readonly deadlineMs: number;
  readonly functionArn: string;
}

export type InvocationEnd =
  | { readonly kind: "ok"; readonly payload: Json }
  | { readonly kind: "error"; readonly errorType: string; readonly message: string }
  /** The process is gone; what was in its memory with it. */
  | { readonly kind: "crash"; readonly message: string };

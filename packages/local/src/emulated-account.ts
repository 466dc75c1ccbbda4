import { LocalCloud } from "./cloud";
import type { EnvironmentHost } from "./cloud-types";
import { DynamoDb } from "./models/dynamodb/dynamodb";
import { Lambda } from "./models/lambda/lambda";
import { Scheduler } from "./models/scheduler";
import { SecretsManager } from "./models/secrets-manager";
import { Sns } from "./models/sns/sns";
import { Sqs } from "./models/sqs/sqs";
import { StepFunctions, type StepFunctionsOptions } from "./models/step-functions/step-functions";
import type { World } from "./world";

/** The services of one emulated account: the models, registered with its cloud. Several stacks may be loaded into it. */
export interface Services {
  readonly world: World;
  readonly cloud: LocalCloud;
  /** Origin of the queue URLs. */
  readonly queueOrigin: string;
  readonly sqs: Sqs;
  readonly sns: Sns;
  readonly dynamodb: DynamoDb;
  readonly secrets: SecretsManager;
  readonly scheduler: Scheduler;
  readonly lambda: Lambda;
  readonly stepFunctions: StepFunctions;
  /** Ends every schedule and every execution environment. Stop the stacks first. */
  stop(): void;
}

export interface ServicesOptions {
  readonly world: World;
  /** Origin of the queue URLs: where the wire server listens. */
  readonly queueOrigin: string;
  /** What runs the functions; made for the cloud that it will call. */
  readonly host: (cloud: LocalCloud) => EnvironmentHost;
  readonly stepFunctions?: StepFunctionsOptions;
}

/** Makes the models of an account and registers them with its cloud; nothing is in them yet. */
export function createServices({ world, queueOrigin, host, stepFunctions: options }: ServicesOptions): Services {
  const cloud = new LocalCloud(world);
  const sqs = new Sqs(world, queueOrigin);
  const sns = new Sns(world, cloud);
  const dynamodb = new DynamoDb(world);
  const secrets = new SecretsManager(world);
  const scheduler = new Scheduler(world, cloud);
  const lambda = new Lambda(world, host(cloud));
  const stepFunctions = new StepFunctions(world, cloud, options);
  cloud.register("sqs", sqs.operations);
  cloud.register("sns", sns.operations);
  cloud.register("dynamodb", dynamodb.operations);
  cloud.register("secretsmanager", secrets.operations);
  cloud.register("lambda", lambda.operations);
  cloud.register("sfn", stepFunctions.operations);
  const stop = (): void => {
    scheduler.stop();
    lambda.stop();
  };
  return { world, cloud, queueOrigin, sqs, sns, dynamodb, secrets, scheduler, lambda, stepFunctions, stop };
}

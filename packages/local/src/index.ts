export { type AccessRequest, authorize, type Policy, parsePolicy, UnsupportedPolicy } from "./authorization";
export { after, type Timer, type WorldClock, workerClock } from "./clock";
export { LocalCloud, type Performed, type ServiceOperation, type ServiceOperations } from "./cloud";
export * from "./cloud-types";
export { createServices, type Services, type ServicesOptions } from "./emulated-account";
export { FixedWindow, type NaiveOptions, type NaiveReport, runNaive } from "./fixed-window";
export { type IdealArrival, idealWaits, percentile } from "./ideal";
export { type Input, inputObject, optionalInteger, optionalList, optionalText } from "./input";
export { judge, measuredJitter, mostInWindow, tooMany, type Verdict, type WindowLimit } from "./judge";
export { backlog, gusts, type LoadKind, type LoadRequest, mergeLoads, poisson, type Span } from "./load";
export {
  LOCAL_ACCOUNT,
  LOCAL_REGION,
  type LocalWorld,
  type LocalWorldOptions,
  PortUnavailable,
  type StackToLoad,
  startLocalWorld,
} from "./local-world";
export { DynamoDb, type TableSettings } from "./models/dynamodb/dynamodb";
export {
  createEventSourceMapping,
  EventSourceMapping,
  type MappingSettings,
} from "./models/event-source-mapping/event-source-mapping";
export { type ThrottleReason, TooManyRequests } from "./models/lambda/admission";
export { type InvokeResult, Lambda, type Placement, type Usage } from "./models/lambda/lambda";
export { type FailedSending, Scheduler, type ScheduleSettings } from "./models/scheduler";
export { SecretsManager } from "./models/secrets-manager";
export { AWS_SNS_LIMITS, type Discarded, Sns, type SnsLimits, type TopicSettings } from "./models/sns/sns";
export { AWS_SQS_LIMITS, type SqsLimits } from "./models/sqs/limits";
export { Queue } from "./models/sqs/queue";
export { Sqs } from "./models/sqs/sqs";
export {
  type ExecutionEnd,
  type StateMachineSettings,
  StepFunctions,
  type StepFunctionsOptions,
} from "./models/step-functions/step-functions";
export type { ProcessEnvironment } from "./process-host";
export { Random } from "./random";
export { RealClock } from "./real-clock";
export { type Counts, type FedRequest, type Simulation, type SimulationOptions, simulate } from "./simulation";
export {
  type StrictTarget,
  type StrictTargetOptions,
  startStrictTarget,
  type TargetArrival,
  type TargetBehaviour,
  type TargetFault,
} from "./strict-target";
export { type LoadedStack, type LoadOptions, loadTemplate, updateStack } from "./template";
export { TemplateError } from "./template-values";
export { VirtualClock } from "./virtual-clock";
export { createVirtualHost, type VirtualHostOptions, type WorkerLog } from "./virtual-host";
export type { AwaitPoint, ProcessFaults } from "./virtual-process";
export {
  type Arrival,
  type ArrivalListener,
  answered,
  createVirtualTarget,
  type Reaction,
  refused,
  type VirtualTarget,
  type Way,
} from "./virtual-target";
export { type Fault, type FaultName, type Faults, NO_FAULTS, type World } from "./world";

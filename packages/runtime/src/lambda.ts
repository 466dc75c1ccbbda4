import { us } from "@sluice/dsl";
import { sdkAwsCall } from "./aws-ports/sdk-call";
import { serveInvocation } from "./serve-invocation";
import { startWorker } from "./start-worker";
import { systemClock } from "./system-clock";

/** Of Lambda's context, what a turn needs. */
interface LambdaContext {
  readonly awsRequestId: string;
  getRemainingTimeInMillis(): number;
}

// Once for each execution environment, while Lambda initialises it: a function that was not deployed as a whole fails
// here, before a message was taken.
const worker = startWorker(process.env, sdkAwsCall(), (line) => process.stdout.write(`${line}\n`));

/** The entry of the worker's function: one invocation is one turn, or in deferral one call. */
export const handler = (event: unknown, context: LambdaContext) =>
  serveInvocation(worker, event, {
    requestId: context.awsRequestId,
    deadlineAt: us(systemClock.now() + context.getRemainingTimeInMillis() * 1_000),
  });

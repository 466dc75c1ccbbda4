import { type Json, type Micros, seconds } from "@sluice/dsl";
import { LocalCloud } from "../src/cloud";
import { type Principal, ServiceError } from "../src/cloud-types";
import { Sns } from "../src/models/sns/sns";
import { AWS_SQS_LIMITS, type SqsLimits } from "../src/models/sqs/limits";
import { Sqs } from "../src/models/sqs/sqs";
import { Random } from "../src/random";
import { VirtualClock } from "../src/virtual-clock";
import { type Faults, NO_FAULTS, type World } from "../src/world";

export const USER: Principal = { kind: "user" };

/** An account in virtual time with SQS and SNS in it, and small words for what tests do with them. */
export function localWorld(faults: Partial<Faults> = {}, limits: Partial<SqsLimits> = {}) {
  const clock = new VirtualClock();
  const world: World = {
    clock,
    random: new Random(7),
    faults: { ...NO_FAULTS, ...faults },
    region: "eu-west-1",
    account: "123456789012",
  };
  const cloud = new LocalCloud(world);
  const sqs = new Sqs(world, "http://127.0.0.1:4566", { ...AWS_SQS_LIMITS, ...limits });
  const sns = new Sns(world, cloud);
  cloud.register("sqs", sqs.operations);
  cloud.register("sns", sns.operations);
  const call = async (service: string, operation: string, input: Json, principal = USER): Promise<Fields> =>
    fieldsOf(await cloud.call(principal, service, operation, input));
  return {
    clock,
    world,
    cloud,
    sqs,
    sns,
    call,
    /** Lets `duration` pass. */
    pass: (duration: Micros) => clock.run({ until: seconds((clock.now() + duration) / 1_000_000) }),
    /** Waits for what needs time to pass. */
    done: async <T>(promise: Promise<T>): Promise<T> => {
      let isDone = false;
      const watched = promise.finally(() => {
        isDone = true;
      });
      watched.catch(() => undefined);
      await clock.run({ while: () => !isDone });
      return watched;
    },
  };
}

/** An answer of a service, whose fields a test reads as it knows them. */
export type Fields = { readonly [field: string]: Json | undefined };

export const fieldsOf = (value: Json | undefined): Fields => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error(`no object: ${value}`);
  return value;
};

/** The objects of a list, none when there is no list. */
export const listOf = (value: Json | undefined): Fields[] => (Array.isArray(value) ? value.map(fieldsOf) : []);

/** The refusal in which a promise ends. */
export async function refusal(promise: Promise<unknown>): Promise<ServiceError> {
  const error = await promise.then(
    () => new Error("nothing was refused"),
    (reason: unknown) => reason,
  );
  if (error instanceof ServiceError) return error;
  throw error;
}

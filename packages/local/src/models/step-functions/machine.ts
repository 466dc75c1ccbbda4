import type { Principal } from "../../cloud-types";
import type { Definition } from "./definition";

/** A state machine as its executions see it. */
export interface Machine {
  readonly arn: string;
  readonly name: string;
  readonly roleArn: string;
  /** What its tasks call services as. */
  readonly principal: Principal;
  readonly definition: Definition;
}

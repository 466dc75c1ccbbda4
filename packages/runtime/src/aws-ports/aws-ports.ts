import type { AwsCall } from "../aws-call";
import type { Ports } from "../core/ports";
import { sqsBells } from "./bells";
import { sfnCallback } from "./callback";
import { dynamoGate } from "./gate";
import { sqsTiers } from "./tiers";

/** Where a gateway's parts are. */
export interface Addresses {
  /** Tier to the URL of its queue. */
  readonly tierQueueUrls: Readonly<Record<string, string>>;
  /** Undefined where no bells are rung. */
  readonly bellQueueUrl: string | undefined;
  readonly gateTable: string;
}

/**
 * The ports that are AWS, over one way of calling it: the SDK in Lambda, the models in virtual time.
 *
 * @param redact takes secrets out of the causes that callers see
 */
export function awsPorts(
  call: AwsCall,
  addresses: Addresses,
  redact: (text: string) => string = (text) => text,
): Pick<Ports, "tiers" | "bells" | "callback" | "gate"> {
  return {
    tiers: sqsTiers(call, addresses.tierQueueUrls),
    bells: sqsBells(call, addresses.bellQueueUrl),
    callback: sfnCallback(call, redact),
    gate: dynamoGate(call, addresses.gateTable),
  };
}

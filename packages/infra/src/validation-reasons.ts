import { Validations } from "aws-cdk-lib";
import type { IConstruct } from "constructs";

/** States why a finding of cdk-nag's AwsSolutions pack does not apply to a construct. */
export function acknowledge(construct: IConstruct, rule: string, reason: string): void {
  Validations.of(construct).acknowledge({ id: `AwsSolutions::AwsSolutions-${rule}`, reason });
}

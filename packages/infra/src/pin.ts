import { CfnResource } from "aws-cdk-lib";
import type { IConstruct } from "constructs";

/** Gives the resource of a construct a logical id that no rearrangement of constructs changes. */
export function pin(construct: IConstruct, logicalId: string): void {
  const resource = construct.node.defaultChild;
  if (!(resource instanceof CfnResource)) throw new TypeError(`${construct.node.path} has no resource to name`);
  resource.overrideLogicalId(logicalId);
}

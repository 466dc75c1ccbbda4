import type { DeployedFunction } from "../src/cloud-types";

/** A function whose code lies in `codePath`. */
export const deployedFunction = (codePath: string, change: Partial<DeployedFunction> = {}): DeployedFunction => ({
  name: "worker",
  arn: "arn:aws:lambda:eu-west-1:123456789012:function:worker",
  roleArn: "arn:aws:iam::123456789012:role/worker",
  handler: "index.handler",
  timeoutMs: 30_000,
  memoryMb: 256,
  reservedConcurrency: 1,
  environment: { GREETING: "hello" },
  codePath,
  layerPaths: [],
  ...change,
});

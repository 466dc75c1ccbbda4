/** The environment that the SDK's clients read in Lambda, with one service somewhere else. */
export function pointAt(service: "SQS" | "SFN" | "DYNAMODB" | "SECRETS_MANAGER", origin: string): void {
  Object.assign(process.env, {
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    [`AWS_ENDPOINT_URL_${service}`]: origin,
  });
}

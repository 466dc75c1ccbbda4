/** A URL for callers inside the emulation, which know the ARN. Any origin will do: a queue is known by the URL's end. */
export const queueUrlOf = (queueArn: string): string => {
  const [, , , , account, name] = queueArn.split(":");
  return `https://sqs.invalid/${account}/${name}`;
};

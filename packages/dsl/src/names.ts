/** What AWS allows a name to be long, in characters. */
export const MAX_NAME_CHARS = {
  queue: 80,
  topic: 256,
  function: 64,
  schedule: 64,
  stateMachine: 80,
  table: 255,
} as const;

/** What stacks are named by where `sluice.yaml` says nothing. */
export const DEFAULT_NAMING = "sluice-{gateway}-{environment}";

/**
 * The stack's name, and what the names of everything in it begin with: `sluice-NAME`, `sluice-NAME-ENV`, or as
 * `sluice.yaml` has it. Without an environment its place is left out, with the hyphen beside it.
 *
 * @param naming a pattern with `{gateway}` and `{environment}`
 */
export function stackNameOf(gateway: string, environment: string | undefined, naming = DEFAULT_NAMING): string {
  const pattern =
    environment === undefined
      ? naming.replace(/-\{environment\}|\{environment\}-?/, "")
      : naming.replace("{environment}", environment);
  return pattern.replace("{gateway}", gateway);
}

/** A name that a stack gives, before it is cut to what AWS allows. */
export interface WantedName {
  /** In people's words. */
  readonly of: string;
  readonly name: string;
  readonly maxChars: number;
}

/** Every name of at most `maxChars` that a gateway's stack gives, as it should be. */
export function wantedNames(
  gateway: string,
  environment: string | undefined,
  tiers: readonly string[],
  naming?: string,
): WantedName[] {
  const prefix = stackNameOf(gateway, environment, naming);
  const ofTiers = tiers.flatMap((tier) => [
    { of: `the queue of ${tier}`, name: `${prefix}-${tier}`, maxChars: MAX_NAME_CHARS.queue },
    { of: `the topic of ${tier}`, name: `${prefix}-${tier}.fifo`, maxChars: MAX_NAME_CHARS.topic },
  ]);
  return [
    { of: "the worker's function", name: `${prefix}-worker`, maxChars: MAX_NAME_CHARS.function },
    { of: "the sweep's schedule", name: `${prefix}-sweep`, maxChars: MAX_NAME_CHARS.schedule },
    { of: "the state machine", name: prefix, maxChars: MAX_NAME_CHARS.stateMachine },
    { of: "the bell queue", name: `${prefix}-bell.fifo`, maxChars: MAX_NAME_CHARS.queue },
    { of: "the gate's table", name: `${prefix}-gate`, maxChars: MAX_NAME_CHARS.table },
    ...ofTiers,
  ];
}

import type { Micros } from "@sluice/dsl";
import type { Call, Sighting } from "../sighting";

/**
 * The attempts whose publish was done and looked failed: Step Functions has given them up and publishes another, and their
 * messages are on their way all the same.
 */
export class Orphans {
  /** By id. */
  private readonly attempts = new Map<string, string>();
  /** By request and attempt. */
  private readonly orphanedAtUs = new Map<string, Micros>();

  see(sighting: Sighting): void {
    if (sighting.kind === "published") {
      this.attempts.set(sighting.id, keyOf(sighting));
      // Redriven, an execution counts its attempts anew.
      this.orphanedAtUs.delete(keyOf(sighting));
    } else if (sighting.kind === "unpublished") {
      const attempt = this.attempts.get(sighting.id);
      if (attempt !== undefined) this.orphanedAtUs.set(attempt, sighting.atUs);
    }
  }

  /** Since when nobody waits for the attempt of a call; undefined: it is no orphan. */
  sinceUs(call: Pick<Call, "request" | "attempt">): Micros | undefined {
    return this.orphanedAtUs.get(keyOf(call));
  }
}

const keyOf = ({ request, attempt }: Pick<Call, "request" | "attempt">): string => `${request}/${attempt}`;

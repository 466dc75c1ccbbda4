import type { Ledger } from "./ledger";
import type { Stage } from "./prepare";
import type { Ask } from "./traffic";

/** A gateway with what is asked of it. */
export interface Lane {
  readonly stage: Stage;
  /** In the order of their time. */
  readonly asks: readonly Ask[];
  readonly ledger: Ledger;
}

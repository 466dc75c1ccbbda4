import { attemptsMadeChecker } from "./attempts-made";
import type { Checker, Setting } from "./checker";
import { conservationChecker } from "./conservation";
import { deadlineChecker } from "./deadline";
import { gateChecker } from "./gate";
import { honestyChecker } from "./honesty";
import { livenessChecker } from "./liveness";
import { obedienceChecker } from "./obedience";
import { onceChecker } from "./once";
import { openCallsChecker } from "./open-calls";
import { orderChecker } from "./order";
import { rateChecker } from "./rate";
import { starvationChecker } from "./starvation";
import { wantedChecker } from "./wanted";

/** Everything that a run must keep. In deferral nobody promises an order of tiers, or a share: a message steps back when its worker sees a higher one. */
export const allCheckers = (setting: Setting): Checker[] => [
  rateChecker(setting),
  openCallsChecker(setting),
  conservationChecker(setting),
  onceChecker(setting),
  ...(setting.plan.dispatch.kind === "doorbell" ? [starvationChecker(setting), orderChecker(setting)] : []),
  livenessChecker(setting),
  honestyChecker(setting),
  obedienceChecker(setting),
  deadlineChecker(setting),
  attemptsMadeChecker(setting),
  gateChecker(setting),
  wantedChecker(setting),
];

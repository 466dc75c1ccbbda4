import type { Rule } from "../rule";
import { againstPolicy } from "./against-policy";
import { alarmAfterTimeout } from "./alarm-after-timeout";
import { authorizationTwice } from "./authorization-twice";
import { badExpression } from "./bad-expression";
import { badNaming } from "./bad-naming";
import { badProbe } from "./bad-probe";
import { badRequestSchema } from "./bad-request-schema";
import { badRetryWait } from "./bad-retry-wait";
import { badSecretReference } from "./bad-secret-reference";
import { badSuppression } from "./bad-suppression";
import { badTemplate } from "./bad-template";
import { badUnit } from "./bad-unit";
import { badUrl } from "./bad-url";
import { bareNumber } from "./bare-number";
import { blindRepeat } from "./blind-repeat";
import { bodyOnGet } from "./body-on-get";
import { burstTooLarge } from "./burst-too-large";
import { closedLongerThanTimeout } from "./closed-longer-than-timeout";
import { concurrencyBelowRate } from "./concurrency-below-rate";
import { costAboveLimit } from "./cost-above-limit";
import { credentialsInClearText } from "./credentials-in-clear-text";
import { doorbellOnly } from "./doorbell-only";
import { duplicateInstance } from "./duplicate-instance";
import { duplicateName } from "./duplicate-name";
import { duplicateTier } from "./duplicate-tier";
import { environmentQuotas } from "./environment-quotas";
import { fixedKey } from "./fixed-key";
import { foreignKey } from "./foreign-key";
import { idempotencyHeaderFixed } from "./idempotency-header-fixed";
import { idleLimit } from "./idle-limit";
import { idleSlots } from "./idle-slots";
import { intervalLongerThanTurn } from "./interval-longer-than-turn";
import { jitterTooLarge } from "./jitter-too-large";
import { jitterTooSmall } from "./jitter-too-small";
import { latencyAboveResponse } from "./latency-above-response";
import { missingKey } from "./missing-key";
import { nameNotFile } from "./name-not-file";
import { nameTooLong } from "./name-too-long";
import { noLimit } from "./no-limit";
import { notYet } from "./not-yet";
import { operationLimitWithoutEffect } from "./operation-limit-without-effect";
import { pauseBeyondTimeout } from "./pause-beyond-timeout";
import { quotaWithoutEffect } from "./quota-without-effect";
import { rateTooFast } from "./rate-too-fast";
import { retryOutlivesDeadline } from "./retry-outlives-deadline";
import { secretInClear } from "./secret-in-clear";
import { shareTooLarge } from "./share-too-large";
import { sharedTarget } from "./shared-target";
import { slotTooFast } from "./slot-too-fast";
import { slotsBeyondLimit } from "./slots-beyond-limit";
import { statusTwice } from "./status-twice";
import { successRefused } from "./success-refused";
import { throttledPollers } from "./throttled-pollers";
import { tierTimeoutsDescend } from "./tier-timeouts-descend";
import { timeoutBelowInterval } from "./timeout-below-interval";
import { timeoutTooLong } from "./timeout-too-long";
import { unansweredQuestion } from "./unanswered-question";
import { unknownDefaultTier } from "./unknown-default-tier";
import { unknownEnvironment } from "./unknown-environment";
import { unknownKey } from "./unknown-key";
import { unknownRequestField } from "./unknown-request-field";
import { unknownTemplateVariable } from "./unknown-template-variable";
import { unknownTier } from "./unknown-tier";
import { unknownZone } from "./unknown-zone";
import { wrongType } from "./wrong-type";
import { yamlSyntax } from "./yaml-syntax";

/** Every rule, by number. A new one gets the next number and a page in docs/rules. */
export const RULES: readonly Rule[] = [
  yamlSyntax,
  unknownKey,
  missingKey,
  bareNumber,
  wrongType,
  badUnit,
  notYet,
  secretInClear,
  badSecretReference,
  duplicateName,
  nameNotFile,
  noLimit,
  rateTooFast,
  intervalLongerThanTurn,
  timeoutBelowInterval,
  jitterTooSmall,
  jitterTooLarge,
  duplicateTier,
  unknownDefaultTier,
  shareTooLarge,
  retryOutlivesDeadline,
  badExpression,
  badTemplate,
  unknownTemplateVariable,
  badRequestSchema,
  unknownEnvironment,
  timeoutTooLong,
  badRetryWait,
  badUrl,
  fixedKey,
  unansweredQuestion,
  badSuppression,
  unknownTier,
  burstTooLarge,
  costAboveLimit,
  idleLimit,
  operationLimitWithoutEffect,
  quotaWithoutEffect,
  unknownZone,
  closedLongerThanTimeout,
  concurrencyBelowRate,
  tierTimeoutsDescend,
  alarmAfterTimeout,
  foreignKey,
  statusTwice,
  successRefused,
  badProbe,
  blindRepeat,
  bodyOnGet,
  authorizationTwice,
  credentialsInClearText,
  unknownRequestField,
  latencyAboveResponse,
  pauseBeyondTimeout,
  sharedTarget,
  idleSlots,
  duplicateInstance,
  nameTooLong,
  environmentQuotas,
  idempotencyHeaderFixed,
  againstPolicy,
  badNaming,
  throttledPollers,
  slotTooFast,
  slotsBeyondLimit,
  doorbellOnly,
];

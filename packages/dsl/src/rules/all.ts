import type { Rule } from "../rule";
import { badExpression } from "./bad-expression";
import { badRequestSchema } from "./bad-request-schema";
import { badRetryWait } from "./bad-retry-wait";
import { badSecretReference } from "./bad-secret-reference";
import { badTemplate } from "./bad-template";
import { badUnit } from "./bad-unit";
import { badUrl } from "./bad-url";
import { bareNumber } from "./bare-number";
import { duplicateName } from "./duplicate-name";
import { duplicateTier } from "./duplicate-tier";
import { fixedKey } from "./fixed-key";
import { intervalLongerThanTurn } from "./interval-longer-than-turn";
import { jitterTooLarge } from "./jitter-too-large";
import { jitterTooSmall } from "./jitter-too-small";
import { missingKey } from "./missing-key";
import { nameNotFile } from "./name-not-file";
import { noLimit } from "./no-limit";
import { notYet } from "./not-yet";
import { rateTooFast } from "./rate-too-fast";
import { retryOutlivesDeadline } from "./retry-outlives-deadline";
import { secretInClear } from "./secret-in-clear";
import { shareTooLarge } from "./share-too-large";
import { timeoutBelowInterval } from "./timeout-below-interval";
import { timeoutTooLong } from "./timeout-too-long";
import { unansweredQuestion } from "./unanswered-question";
import { unknownDefaultTier } from "./unknown-default-tier";
import { unknownEnvironment } from "./unknown-environment";
import { unknownKey } from "./unknown-key";
import { unknownTemplateVariable } from "./unknown-template-variable";
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
];

import { ServiceError } from "../../cloud-types";

/** The refusals of SQS: shape name, text, HTTP status and the code of the older query protocol, as AWS words them. */

export const queueDoesNotExist = (): ServiceError =>
  new ServiceError(
    "QueueDoesNotExist",
    "The specified queue does not exist.",
    400,
    "AWS.SimpleQueueService.NonExistentQueue",
  );

export const invalidValue = (value: string | number, parameter: string, reason: string): ServiceError =>
  invalidParameter(`Value ${value} for parameter ${parameter} is invalid. Reason: ${reason}`);

export const invalidParameter = (message: string): ServiceError =>
  new ServiceError("InvalidParameterValueException", message, 400, "InvalidParameterValue");

export const missingParameter = (parameter: string): ServiceError =>
  new ServiceError(
    "MissingRequiredParameterException",
    `The request must contain the parameter ${parameter}.`,
    400,
    "MissingParameter",
  );

export const invalidHandle = (handle: string): ServiceError =>
  new ServiceError(
    "ReceiptHandleIsInvalid",
    `The input receipt handle "${handle}" is not a valid receipt handle.`,
    404,
    "ReceiptHandleIsInvalid",
  );

export const handleExpired = (handle: string): ServiceError =>
  invalidValue(handle, "ReceiptHandle", "The receipt handle has expired.");

export const notAvailableForChange = (handle: string): ServiceError =>
  invalidValue(handle, "ReceiptHandle", "Message does not exist or is not available for visibility timeout change.");

export const invalidContents = (): ServiceError =>
  new ServiceError(
    "InvalidMessageContents",
    "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | [#x20 to #xD7FF] | [#xE000 to #xFFFD] | [#x10000 to #x10FFFF]",
    400,
    "InvalidMessageContents",
  );

export const messageTooLong = (maxBytes: number): ServiceError =>
  invalidParameter(`One or more parameters are invalid. Reason: Message must be shorter than ${maxBytes} bytes.`);

export const overLimit = (maxInFlight: number): ServiceError =>
  new ServiceError("OverLimit", `Too many messages in flight: the queue's limit is ${maxInFlight}.`, 403, "OverLimit");

export const purgeInProgress = (queue: string): ServiceError =>
  new ServiceError(
    "PurgeQueueInProgress",
    `Only one PurgeQueue operation on ${queue} is allowed every 60 seconds.`,
    403,
    "AWS.SimpleQueueService.PurgeQueueInProgress",
  );

export const unknownAttribute = (name: string): ServiceError =>
  new ServiceError("InvalidAttributeName", `Unknown Attribute ${name}.`, 400, "InvalidAttributeName");

export const invalidAttribute = (name: string): ServiceError =>
  new ServiceError("InvalidAttributeValue", `Invalid value for the parameter ${name}.`, 400, "InvalidAttributeValue");

/** A refusal of a whole batch; its query code is its name behind `AWS.SimpleQueueService.`. */
export const batchError = (name: string, message: string): ServiceError =>
  new ServiceError(name, message, 400, `AWS.SimpleQueueService.${name}`);

import type { Json } from "@sluice/dsl";
import { ServiceError } from "../../cloud-types";
import { type Input, inputObject, optionalList, optionalText } from "../../input";
import { batchError } from "./errors";

/** One entry of a batch: the input of a call of its own. */
interface Entry {
  readonly id: string;
  readonly fields: Input;
}

/** A batch whose entries were attempted one by one: those that succeeded, and those that were refused. */
export interface Attempted<Result> {
  readonly succeeded: readonly { readonly id: string; readonly result: Result }[];
  readonly refused: readonly { readonly id: string; readonly error: ServiceError }[];
}

/**
 * Does `act` for each entry of a batch. Its refusals are the entry's own, and the call as a whole succeeds.
 *
 * @throws ServiceError for a batch that is refused as a whole: empty, too long, ids that are malformed or not distinct
 */
export function attemptEach<Result>(
  input: Input,
  maxEntries: number,
  act: (fields: Input) => Result,
): Attempted<Result> {
  const succeeded: { id: string; result: Result }[] = [];
  const refused: { id: string; error: ServiceError }[] = [];
  for (const { id, fields } of parseEntries(input, maxEntries)) {
    try {
      succeeded.push({ id, result: act(fields) });
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      refused.push({ id, error });
    }
  }
  return { succeeded, refused };
}

export function renderBatch({ succeeded, refused }: Attempted<{ [key: string]: Json }>): Json {
  return {
    ...(succeeded.length > 0 && { Successful: succeeded.map(({ id, result }) => ({ Id: id, ...result })) }),
    ...(refused.length > 0 && {
      Failed: refused.map(({ id, error }) => ({
        Id: id,
        SenderFault: error.status < 500,
        Code: error.queryCode ?? error.name,
        Message: error.message,
      })),
    }),
  };
}

function parseEntries(input: Input, maxEntries: number): Entry[] {
  const entries = optionalList(input, "Entries").map((entry) => {
    const fields = inputObject(entry, "an entry of the batch");
    return { id: optionalText(fields, "Id") ?? "", fields };
  });
  if (entries.length === 0)
    throw batchError("EmptyBatchRequest", "There should be at least one SendMessageBatchRequestEntry in the request.");
  if (entries.length > maxEntries)
    throw batchError(
      "TooManyEntriesInBatchRequest",
      `Maximum number of entries per request are ${maxEntries}. You have sent ${entries.length}.`,
    );
  checkIds(entries);
  return entries;
}

function checkIds(entries: readonly Entry[]): void {
  const ids = new Set<string>();
  for (const { id } of entries) {
    if (!/^[A-Za-z0-9_-]{1,80}$/.test(id))
      throw batchError(
        "InvalidBatchEntryId",
        "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.",
      );
    if (ids.has(id)) throw batchError("BatchEntryIdsNotDistinct", `Id ${id} repeated.`);
    ids.add(id);
  }
}

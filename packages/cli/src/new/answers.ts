/** How the target knows its callers, as far as `new` writes it. */
export type Auth = "none" | "basic" | "bearer" | "apiKey";

export const AUTHS: readonly Auth[] = ["none", "basic", "bearer", "apiKey"];

/** Everything that a new gateway file is made from. As typed; lint says what is wrong with it. */
export interface Answers {
  readonly name: string;
  readonly url: string;
  readonly rate: string;
  readonly auth: Auth;
  readonly operation: string;
  readonly method: string;
  readonly path: string;
}

/** What is taken where nobody says otherwise. There is none for the address and the limit: those are never guessed. */
export const DEFAULTS = { auth: "none", operation: "read", method: "GET", path: "/" } as const;

/** How each answer is given on the command line. */
export const FLAGS: Readonly<Record<keyof Answers, string>> = {
  name: "NAME",
  url: "--url",
  rate: "--rate",
  auth: "--auth",
  operation: "--operation",
  method: "--method",
  path: "--path",
};

/** Timeouts that a file may have: how long the target may take, and each tier's. */
export interface Timeouts {
  readonly response: string;
  readonly tiers: readonly [high: string, normal: string, batch: string];
}

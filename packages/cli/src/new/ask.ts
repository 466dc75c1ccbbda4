import { Writable } from "node:stream";
import type { Io } from "../io";
import { type Answers, AUTHS, type Auth, DEFAULTS } from "./answers";
import { problemWith } from "./draft";

/** Whether somebody sits there who can be asked. */
export const isAtTerminal = ({ stdin }: Io): boolean => "isTTY" in stdin && stdin.isTTY === true;

/**
 * Asks for the answers that are not given yet, one after the other.
 *
 * @returns undefined when Ctrl-C or Ctrl-D came instead of an answer
 */
export async function askFor(given: Partial<Answers> & Pick<Answers, "name">, io: Io): Promise<Answers | undefined> {
  const prompts = await import("@inquirer/prompts");
  const end = endOf(io);
  // A prompt ends the stream that it wrote to, so each gets one of its own.
  const context = () => ({ input: io.stdin, output: screenOf(io), signal: end.signal });
  const text = async (
    key: Exclude<keyof Answers, "auth">,
    message: string,
    more: { default?: string } = {},
  ): Promise<string> =>
    given[key] ??
    (await prompts
      .input(
        {
          message,
          ...more,
          validate: (value) => (value.trim() === "" ? "Needed." : (problemWith(key, value.trim(), given.name) ?? true)),
        },
        context(),
      )
      .then((value) => value.trim()));
  const choice = <Value extends string>(
    message: string,
    choices: readonly { name: string; value: Value }[],
    first: Value,
  ) => prompts.select({ message, choices: [...choices], default: first }, context());
  try {
    const url = await text("url", "Address of the target, like https://api.example.org/v1:");
    const rate = await text("rate", "Its documented limit, calls/window, like 600/5m:");
    const auth = given.auth ?? (await choice("How does it know its callers?", AUTH_CHOICES, DEFAULTS.auth));
    const operation = await text("operation", "A name for the first operation:", { default: DEFAULTS.operation });
    const method = given.method ?? (await choice("Its HTTP method:", METHOD_CHOICES, DEFAULTS.method));
    const path = await text("path", "Its path, like /company/{number}{?page}:", { default: DEFAULTS.path });
    return { name: given.name, url, rate, auth, operation, method, path };
  } catch (error) {
    if (isEnd(error)) return undefined;
    throw error;
  } finally {
    end.forget();
  }
}

const AUTH_WORDS: Readonly<Record<Auth, string>> = {
  none: "not at all",
  basic: "basic: user name and password",
  bearer: "bearer: a token in the Authorization header",
  apiKey: "apiKey: a key in a header or in the query",
};
const AUTH_CHOICES = AUTHS.map((value) => ({ name: AUTH_WORDS[value], value }));

const METHOD_CHOICES = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"].map((value) => ({
  name: value,
  value,
}));

/** What the library throws when a prompt is ended from the keyboard or by the signal. */
const isEnd = (error: unknown): boolean =>
  error instanceof Error && ["ExitPromptError", "AbortPromptError", "CancelPromptError"].includes(error.name);

/** Prompts go to standard error: standard output is for results. */
function screenOf(io: Io): Writable {
  const screen = new Writable({
    write(chunk, _encoding, done) {
      io.stderr.write(String(chunk));
      done();
    },
  });
  return Object.assign(screen, { columns: io.stderr.columns });
}

/** Ctrl-D and the end of input leave a prompt open for ever: they are taken for what Ctrl-C is. */
function endOf({ stdin, interrupt }: Io): { readonly signal: AbortSignal; forget(): void } {
  const end = new AbortController();
  const abort = (): void => end.abort();
  const onKey = (_text: unknown, key: { readonly ctrl?: boolean; readonly name?: string } | undefined): void => {
    if (key?.ctrl && key.name === "d") abort();
  };
  stdin.on("keypress", onKey).once("end", abort);
  return {
    signal: AbortSignal.any([end.signal, interrupt]),
    forget: () => void stdin.off("keypress", onKey).off("end", abort),
  };
}

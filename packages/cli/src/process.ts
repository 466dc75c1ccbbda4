import { setMaxListeners } from "node:events";
import { exitCodeOf } from "./interrupt";
import { main } from "./main";
import { typedProgram } from "./typed-program";

/** Runs the command line on this process's own words, streams and signals. */
export async function runProcess(): Promise<void> {
  // The SDK's notice about this machine's Node is not for the users of a tool.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
  const interrupt = new AbortController();
  setMaxListeners(0, interrupt.signal); // A command that waits for many things at once listens as often.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      // The second one does not wait: whoever presses twice wants out now.
      if (interrupt.signal.aborted) process.exit(exitCodeOf(interrupt.signal));
      interrupt.abort(signal);
    });
  }
  // `sluice lint | head`: the reader has gone and that is no fault. What is still written is dropped.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
    });
  }
  const code = await main(process.argv.slice(2), {
    stdout: process.stdout,
    stderr: process.stderr,
    stdin: process.stdin,
    cwd: process.cwd(),
    env: process.env,
    program: typedProgram(process.argv[1] ?? "sluice", process.cwd()),
    interrupt: interrupt.signal,
  });
  await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  process.exit(code);
}

/** Pipes are written asynchronously; what is still in them would be cut off by the exit. */
const flushed = (stream: NodeJS.WriteStream): Promise<void> =>
  stream.writableLength === 0 || stream.destroyed
    ? Promise.resolve()
    : new Promise((resolve) => {
        stream.once("drain", resolve);
        stream.once("close", resolve);
        stream.once("error", () => resolve());
        stream.write("", () => resolve());
      });

import { newSession } from "../session";

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
])("demo that %s ends has the exit code of that signal, %d, and reports nothing", async (signal, code) => {
  const session = newSession();
  const interrupt = new AbortController();
  interrupt.abort(signal);
  expect(await session.run("demo --format json", { interrupt: interrupt.signal })).toEqual({
    ...{ code, stdout: "" },
    stderr: "Interrupted; everything that ran was ended.\n",
  });
  session.close();
});

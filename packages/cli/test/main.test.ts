import { newSession, type Session } from "./session";

let session: Session;
beforeEach(() => {
  session = newSession();
});
afterEach(() => session.close());

test("an unknown command is exit 2 with the one that was meant", async () => {
  const { code, stdout, stderr } = await session.run("lnt");
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain("unknown command 'lnt'");
  expect(stderr).toContain("Did you mean lint?");
});

test("an unknown option is exit 2 with the one that was meant", async () => {
  const { code, stderr } = await session.run("lint --formt json");
  expect(code).toBe(2);
  expect(stderr).toContain("Did you mean --format?");
});

test("no words at all is wrong use: the help on standard error, exit 2", async () => {
  const { code, stdout, stderr } = await session.run("");
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain("Usage: sluice");
});

test("--version prints the version alone", async () => {
  expect(await session.run("--version")).toEqual({
    code: 0,
    stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    stderr: "",
  });
});

test.each(["lint", "explain", "synth", "dev", "call", "demo", "schema", "import", "new"])(
  "%s --help is exit 0 and has an example",
  async (command) => {
    const { code, stdout, stderr } = await session.run(`${command} --help`);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain(`Usage: sluice ${command}`);
    expect(stdout).toMatch(/Examples?:\n {2}\$ sluice /);
  },
);

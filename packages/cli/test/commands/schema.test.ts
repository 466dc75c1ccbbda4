import Ajv2020 from "ajv/dist/2020";
import { parse } from "yaml";
import { WEATHER } from "../gateway-text";
import { newSession, type Session } from "../session";

let session: Session;
beforeEach(() => {
  session = newSession();
});
afterEach(() => session.close());

test("schema prints a JSON Schema and nothing else, and a gateway file fits it", async () => {
  const { code, stdout, stderr } = await session.run("schema");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const validate = new Ajv2020({ strict: false }).compile(JSON.parse(stdout));
  expect(validate(parse(WEATHER))).toBe(true);
  expect(validate({ ...parse(WEATHER), rateLimit: 5 })).toBe(false);
});

test("its help says how an editor is told of the schema", async () => {
  const { stdout } = await session.run("schema --help");
  expect(stdout).toContain("# yaml-language-server: $schema=");
  expect(stdout).toContain('"yaml.schemas"');
});

test("schema takes no words", async () => {
  expect(await session.run("schema gateways/nvd.yaml")).toMatchObject({ code: 2, stdout: "" });
});

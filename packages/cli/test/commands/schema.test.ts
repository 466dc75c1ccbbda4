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

test("schema gateway prints what schema prints", async () => {
  expect(await session.run("schema gateway")).toEqual(await session.run("schema"));
});

test("schema project prints the JSON Schema of sluice.yaml and nothing else", async () => {
  const { code, stdout, stderr } = await session.run("schema project");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const validate = new Ajv2020({ strict: false }).compile(JSON.parse(stdout));
  expect(validate({ version: 1, policy: { owner: "required" } })).toBe(true);
  expect(validate({ version: 1, policy: { owner: "always" } })).toBe(false);
  expect(validate(parse(WEATHER))).toBe(false);
});

test("schema load prints the JSON Schema of load files and nothing else", async () => {
  const { code, stdout, stderr } = await session.run("schema load");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const validate = new Ajv2020({ strict: false }).compile(JSON.parse(stdout));
  expect(validate({ arrivals: "5/s" })).toBe(true);
  expect(validate({ arrivals: 5 })).toBe(false);
});

test("its help says how an editor is told of the schema", async () => {
  const { stdout } = await session.run("schema --help");
  expect(stdout).toContain("# yaml-language-server: $schema=");
  expect(stdout).toContain('"yaml.schemas"');
  expect(stdout).toContain("sluice schema project > schemas/sluice.schema.json");
});

test("a word that is no kind of file is wrong use, and the kinds are named", async () => {
  const { code, stdout, stderr } = await session.run("schema gateways/nvd.yaml");
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain("Allowed choices are gateway, project, load.");
});

test("schema takes one kind at a time", async () => {
  expect(await session.run("schema gateway project")).toMatchObject({ code: 2, stdout: "" });
});

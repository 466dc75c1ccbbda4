import { SecretsManager } from "../src/models/secrets-manager";
import { localWorld, refusal, USER } from "./local-world";

function secretWorld() {
  const local = localWorld();
  const secrets = new SecretsManager(local.world);
  local.cloud.register("secretsmanager", secrets.operations);
  secrets.putSecret("companies-house", { key: "k1" });
  secrets.putSecret("plain", "text");
  const get = (SecretId: string, principal = USER) =>
    local.call("secretsmanager", "GetSecretValue", { SecretId }, principal);
  return { ...local, secrets, get };
}

test("a secret is found by name, by ARN and by ARN without its six last characters", async () => {
  const { get } = secretWorld();
  const secret = await get("companies-house");
  expect(secret).toEqual({
    ARN: expect.stringMatching(/^arn:aws:secretsmanager:eu-west-1:123456789012:secret:companies-house-[0-9a-f]{6}$/),
    Name: "companies-house",
    VersionId: expect.any(String),
    SecretString: '{"key":"k1"}',
    VersionStages: ["AWSCURRENT"],
    CreatedDate: 1_767_225_600,
  });
  const arn = String(secret.ARN);
  expect(await get(arn)).toEqual(secret);
  expect(await get(arn.slice(0, -7))).toEqual(secret);
  expect((await get("plain")).SecretString).toBe("text");
});

test("a new value is a new version of the same secret", async () => {
  const { get, secrets } = secretWorld();
  const before = await get("plain");
  secrets.putSecret("plain", "other");
  const after = await get("plain");
  expect([after.SecretString, after.ARN === before.ARN, after.VersionId === before.VersionId]).toEqual([
    "other",
    true,
    false,
  ]);
});

test("a secret that is not there is said to be missing, not forbidden, where the role may read its name", async () => {
  const { get, cloud } = secretWorld();
  const role = { kind: "role", arn: "arn:aws:iam::123456789012:role/worker" } as const;
  const Resource = ["companies-house", "missing"].map((name) => `arn:aws:secretsmanager:*:*:secret:${name}-??????`);
  cloud.declareRole(
    role.arn,
    [{ Statement: [{ Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource }] }],
    { Statement: [] },
  );
  expect((await get("companies-house", role)).Name).toBe("companies-house");
  expect((await refusal(get("plain", role))).name).toBe("AccessDeniedException");
  const error = await refusal(get("missing", role));
  expect([error.name, error.message]).toEqual([
    "ResourceNotFoundException",
    "Secrets Manager can't find the specified secret.",
  ]);
});

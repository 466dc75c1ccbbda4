import type { Json } from "@sluice/dsl";
import type { ServiceOperations } from "../cloud";
import { ServiceError } from "../cloud-types";
import { allowOnly, type Input, optionalText } from "../input";
import type { World } from "../world";

interface Secret {
  readonly name: string;
  readonly arn: string;
  readonly versionId: string;
  readonly createdAtMs: number;
  readonly text: string;
}

/** Secrets Manager: secrets are put there by the local mode and read by roles. */
export class SecretsManager {
  private readonly secrets = new Map<string, Secret>();
  readonly operations: ServiceOperations = {
    GetSecretValue: {
      action: "secretsmanager:GetSecretValue",
      resource: (input) => this.find(input)?.arn ?? this.arnOf(secretIdIn(input), "000000"),
      run: (input) => this.getSecretValue(input),
    },
  };

  constructor(private readonly world: World) {}

  /**
   * Puts a secret there, or a new version of it.
   *
   * @param value its text, or fields that become a JSON object
   */
  putSecret(name: string, value: string | Readonly<Record<string, string>>): void {
    const { clock, random } = this.world;
    this.secrets.set(name, {
      name,
      arn: this.secrets.get(name)?.arn ?? this.arnOf(name, random.hex(6)),
      versionId: random.uuid(),
      createdAtMs: clock.wallMs(),
      text: typeof value === "string" ? value : JSON.stringify(value),
    });
  }

  /** A secret's ARN ends in six characters of AWS's choice, which policies leave open with `-??????`. */
  private arnOf(name: string, suffix: string): string {
    return `arn:aws:secretsmanager:${this.world.region}:${this.world.account}:secret:${name}-${suffix}`;
  }

  private getSecretValue(input: Input): Json {
    allowOnly("Secrets Manager GetSecretValue", input, ["SecretId"]);
    const secret = this.find(input);
    if (secret === undefined)
      throw new ServiceError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
    return {
      ARN: secret.arn,
      Name: secret.name,
      VersionId: secret.versionId,
      SecretString: secret.text,
      VersionStages: ["AWSCURRENT"],
      CreatedDate: secret.createdAtMs / 1_000,
    };
  }

  /** By name, by ARN, or by ARN without the six characters. */
  private find(input: Input): Secret | undefined {
    const id = secretIdIn(input);
    const name = id.startsWith("arn:") ? id.slice(this.arnOf("", "").length - 1) : id;
    return this.secrets.get(name) ?? this.secrets.get(name.replace(/-[A-Za-z0-9]{6}$/, ""));
  }
}

const secretIdIn = (input: Input): string => {
  const id = optionalText(input, "SecretId");
  if (id !== undefined && id !== "") return id;
  throw new ServiceError("InvalidParameterException", "You must provide a value for the SecretId parameter.");
};

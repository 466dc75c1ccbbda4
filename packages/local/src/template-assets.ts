import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Json } from "@sluice/dsl";
import { isObject } from "./input";
import { type References, resolveValue, TemplateError } from "./template-values";

/** Finds the folder that CDK would have uploaded to an S3 bucket under a key. */
export type Assets = (bucket: string, key: string, where: string) => string;

/**
 * The assets of a cloud assembly, by its `*.assets.json` manifests.
 *
 * @param assetDir the folder with the template and its manifest
 */
export function readAssets(assetDir: string, references: References): Assets {
  const folders = new Map<string, string>();
  for (const file of existsSync(assetDir) ? readdirSync(assetDir) : [])
    if (file.endsWith(".assets.json"))
      for (const [key, folder] of destinations(join(assetDir, file), assetDir, references)) folders.set(key, folder);
  return (bucket, key, where) => {
    const folder = folders.get(`${bucket}/${key}`);
    if (folder === undefined)
      throw new TemplateError(
        `${where} is the asset ${key} in the bucket ${bucket}, which no *.assets.json in ${assetDir} names: synthesize again.`,
      );
    if (!existsSync(folder))
      throw new TemplateError(`${where} is the asset ${folder}, which is not there: synthesize again.`);
    return folder;
  };
}

function* destinations(
  manifestPath: string,
  assetDir: string,
  references: References,
): Generator<readonly [key: string, folder: string]> {
  const manifest = parseManifest(manifestPath);
  for (const asset of Object.values(fieldsOf(manifest.files))) {
    const { source, destinations } = fieldsOf(asset);
    const { path } = fieldsOf(source);
    if (typeof path !== "string") continue;
    for (const destination of Object.values(fieldsOf(destinations))) {
      const { bucketName, objectKey } = fieldsOf(destination);
      const bucket = resolveValue({ "Fn::Sub": bucketName ?? "" }, manifestPath, references);
      yield [`${bucket}/${objectKey}`, resolve(assetDir, path)];
    }
  }
}

function parseManifest(path: string): { [key: string]: Json } {
  try {
    const manifest: Json = JSON.parse(readFileSync(path, "utf8"));
    if (isObject(manifest) && isObject(manifest.files)) return manifest;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // Told below, like a manifest of another shape.
  }
  throw new TemplateError(`${path} is no asset manifest of the AWS CDK with its files: synthesize again.`);
}

const fieldsOf = (value: Json | undefined): { [key: string]: Json } => (isObject(value) ? value : {});

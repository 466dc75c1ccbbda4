import { existsSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";

const SCHEMA = join("schemas", "gateway.schema.json");

/**
 * The comment by which an editor finds the JSON Schema; undefined where there is none in a folder above.
 *
 * @param file where the gateway file will be
 */
export function schemaLine(file: string, cwd: string): string | undefined {
  const folder = dirname(resolve(cwd, file));
  for (let above = folder; ; above = dirname(above)) {
    const schema = join(above, SCHEMA);
    if (existsSync(schema)) return ` yaml-language-server: $schema=${relative(folder, schema).split(sep).join("/")}`;
    if (dirname(above) === above) return undefined;
  }
}

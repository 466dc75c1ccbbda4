// Removes what the build wrote. node_modules stays.

import { readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const built = readdirSync(join(ROOT, "packages")).flatMap((name) => [`packages/${name}/lib`, `packages/${name}/dist`]);
for (const folder of [...built, ".build"]) rmSync(join(ROOT, folder), { recursive: true, force: true });

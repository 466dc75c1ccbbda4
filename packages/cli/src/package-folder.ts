import { join } from "node:path";

/** The package's own folder: `src`, `lib` and `dist` all lie directly in it. */
export const PACKAGE_FOLDER = join(__dirname, "..");

import { join } from "node:path";

/** The folder that is deployed as the worker's code: one `index.mjs`, whose `handler` is Lambda's. */
export const WORKER_FOLDER = join(__dirname, "..", "dist", "worker");

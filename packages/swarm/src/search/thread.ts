import { parentPort } from "node:worker_threads";
import { runSeed } from "../run";

/** A thread of the search: a seed in, its outcome out. */
parentPort?.on("message", async (seed: number) => parentPort?.postMessage(await runSeed(seed)));

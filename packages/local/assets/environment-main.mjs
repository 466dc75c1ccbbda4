// What runs inside an execution environment: Lambda's Runtime API in a loop around the function's handler. Plain Node,
// so that it is the same from the sources and from the build.

import { existsSync } from "node:fs";
import { Agent, request } from "node:http";
import { Socket } from "node:net";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

/** @typedef {{ status: number, headers: import("node:http").IncomingHttpHeaders, body: string }} Reply */

const { env } = process;
const api = `http://${env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime`;
const agent = new Agent({ keepAlive: true });

// The host's end of this pipe closes when the host dies, in whatever way. A frozen process cannot notice; for that the
// host has its watchdog.
const lifeline = new Socket({ fd: 3 });
lifeline.on("close", () => process.exit(1));
lifeline.on("error", () => process.exit(1));
lifeline.resume();
lifeline.unref();

/**
 * @param {string} method
 * @param {string} path
 * @param {string} [body]
 * @param {Record<string, string>} [headers]
 * @returns {Promise<Reply>}
 */
function exchange(method, path, body = "", headers = {}) {
  return new Promise((resolve, reject) => {
    const options = { method, agent, headers: { ...headers, "content-length": Buffer.byteLength(body) } };
    const call = request(`${api}${path}`, options, async (answer) => {
      try {
        /** @type {Buffer[]} */
        const chunks = [];
        for await (const chunk of answer) chunks.push(chunk);
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          body: Buffer.concat(chunks).toString("utf8"),
        });
      } catch (error) {
        reject(error);
      }
    });
    call.on("error", reject);
    call.end(body);
  });
}

/**
 * @param {string} path
 * @param {unknown} thrown
 */
function tellError(path, thrown) {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const body = { errorType: error.name, errorMessage: error.message, stackTrace: (error.stack ?? "").split("\n") };
  return exchange("POST", path, JSON.stringify(body), {
    "lambda-runtime-function-error-type": `Function.${error.name}`,
  });
}

/** `index.handler` is `handler` of index.mjs, index.js or index.cjs in the code's folder. */
async function loadHandler() {
  const declared = env._HANDLER ?? "";
  const [file, ...names] = basename(declared).split(".");
  const stem = join(env.LAMBDA_TASK_ROOT ?? "", dirname(declared), file ?? "");
  const found = [".mjs", ".js", ".cjs"].map((ending) => `${stem}${ending}`).find((path) => existsSync(path));
  if (found === undefined) throw named("Runtime.ImportModuleError", `Cannot find module '${stem}'`);
  const loaded = await import(pathToFileURL(found).href);
  const handler = names.reduce((value, name) => value?.[name], loaded) ?? loaded.default?.[names[0] ?? ""];
  if (typeof handler !== "function") throw named("Runtime.HandlerNotFound", `${declared} is undefined or not exported`);
  return handler;
}

/**
 * @param {string} name
 * @param {string} message
 */
const named = (name, message) => Object.assign(new Error(message), { name });

/** @param {import("node:http").IncomingHttpHeaders} headers */
function contextOf(headers) {
  const deadlineMs = Number(headers["lambda-runtime-deadline-ms"]);
  return {
    awsRequestId: headers["lambda-runtime-aws-request-id"],
    invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    getRemainingTimeInMillis: () => Math.max(0, deadlineMs - Date.now()),
  };
}

let handler;
try {
  handler = await loadHandler();
} catch (error) {
  console.error(error);
  await tellError("/init/error", error);
  process.exit(1);
}

for (;;) {
  const next = await exchange("GET", "/invocation/next");
  const path = `/invocation/${next.headers["lambda-runtime-aws-request-id"]}`;
  try {
    const answer = await handler(JSON.parse(next.body), contextOf(next.headers));
    await exchange("POST", `${path}/response`, JSON.stringify(answer) ?? "null");
  } catch (error) {
    console.error(error);
    await tellError(`${path}/error`, error);
  }
}

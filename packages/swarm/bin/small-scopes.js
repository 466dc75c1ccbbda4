#!/usr/bin/env node
const { runCommand } = require("../lib/small-scopes/command.js");

const stop = new AbortController();
process.once("SIGINT", () => stop.abort());
runCommand(process.argv.slice(2), stop.signal).then(
  (exitCode) => {
    process.exitCode = exitCode;
  },
  (error) => {
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
    process.exitCode = 2;
  },
);

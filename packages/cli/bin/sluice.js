#!/usr/bin/env node
const { runProcess } = require("../lib/process.js");

runProcess();

#!/usr/bin/env node
// What `npm run simulate:mutants` runs, after the build.
require("../lib/mutants/main.js").runProcess();

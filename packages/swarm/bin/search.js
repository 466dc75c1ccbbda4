#!/usr/bin/env node
require("../lib/search/main.js").runProcess();

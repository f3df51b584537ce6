// @tensorflow/tfjs-node 4.22 calls util.isNullOrUndefined and util.isArray, which Node 23 removed: preload this (`--require`) to put them back.
"use strict";
const util = require("node:util");

util.isNullOrUndefined ??= (value) => value === null || value === undefined;
util.isArray ??= Array.isArray;

/** The same tests on the portable engine, whatever engine there is beside it. */

process.env.NIGHTSHIFT_ENGINE = "portable";
await import("./restart.test.js");

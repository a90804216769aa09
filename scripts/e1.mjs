#!/usr/bin/env node
// Experiment E1: exactness of the emission rules against depth and cost. Prints the table of docs/decisions/0001-emission-rules.md.
// The JVM part needs java, javac and mvn, and says so where they are missing.
import { runE1 } from "../test/experiments/e1/run.mjs";

process.exitCode = (await runE1()) === 0 ? 0 : 1;

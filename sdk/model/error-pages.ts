import type { ErrorCode } from "./error-catalogue.ts";

/** What stands on the page of a run-time error, beside its title and mend: see `docs/errors/`. */
export interface ErrorPage {
  /** How it comes about; one or two sentences. */
  why: string;
  /** A file whose flow `main` ends with this error, in plain Node and compiled. */
  wrong?: string;
  /** The same, mended. */
  right?: string;
}

/** Why each run-time error is given; `runlet explain` prints a page. */
export const ERROR_PAGES: Record<ErrorCode, ErrorPage> = {
  RLT2001: {
    why: "What goes into a task or a flow and what comes out is JSON in all three ways of running. A Date would arrive as a string, a Map as an empty object: that is refused rather than converted.",
    wrong: `import { flow, task } from "runlet";
export const now = task(async () => ({ at: new Date(0) }));
export const main = flow(async () => await now());`,
    right: `import { flow, task } from "runlet";
export const now = task(async () => ({ at: new Date(0).toISOString() }));
export const main = flow(async () => await now());`,
  },
  RLT2002: {
    why: 'Large values travel as references and failures of map items as marks, objects with a key that begins with "$runlet.". Data with such a key could be taken for one.',
    wrong: `import { flow, task } from "runlet";
export const load = task(async () => ({ "$runlet.ref": "orders" }));
export const main = flow(async () => await load());`,
    right: `import { flow, task } from "runlet";
export const load = task(async () => ({ ref: "orders" }));
export const main = flow(async () => await load());`,
  },
  RLT2003: {
    why: "JSON has no cycles, and what is nested more deeply exhausts the stack of one of the readers on the way.",
    wrong: `import { flow, task } from "runlet";
export const load = task(async () => {
  const node: { self?: unknown } = {};
  node.self = node;
  return node;
});
export const main = flow(async () => await load());`,
    right: `import { flow, task } from "runlet";
export const load = task(async () => ({ self: "the first node" }));
export const main = flow(async () => await load());`,
  },
  RLT2004: {
    why: "The flow or the task has a schema for its input, and this input is another. It is checked before anything runs, so nothing has been done.",
  },
  RLT2005: {
    why: "Step Functions and Lambda give errors of these names themselves, and Runlet decides by them what to do next: one of an author's code would be taken for one of theirs.",
    wrong: `import { flow, task } from "runlet";
export const load = task(async () => {
  throw Object.assign(new Error("late"), { name: "States.Timeout" });
});
export const main = flow(async () => await load());`,
    right: `import { flow, task } from "runlet";
export const load = task(async () => {
  if (Date.now() < 0) throw Object.assign(new Error("late"), { name: "SourceTimeout" });
  return 1;
});
export const main = flow(async () => await load());`,
  },
  RLT2006: {
    why: "A name and a message are what Step Functions hands on. A thrown string or object has neither, so a catch would get another value than in plain Node.",
    wrong: `import { flow, task } from "runlet";
export const load = task(async () => {
  throw "no rows";
});
export const main = flow(async () => await load());`,
    right: `import { flow, task } from "runlet";
export const load = task(async () => 1);
export const main = flow(async () => await load());`,
  },
  RLT2007: {
    why: "A state holds at most 256 KiB, so a larger result is stored beside the run and its reference travels. What only a reference stands for cannot be read by the machine.",
  },
  RLT2008: {
    why: "A flow body holds copies of its values from step to step: a change in place would be lost, or seen where it is not in plain Node. The value is frozen, so the change is told.",
  },
  RLT2009: {
    why: "Step Functions takes at most 256 KiB between two states, and 50 MiB is the most that a run is started with. Results of tasks may be larger, since they travel as references.",
  },
  RLT2010: {
    why: "Two variables that are one object in plain Node are two copies after a step, and the other way round. Two objects of different content are two in any case; of these two, whose content is the same, it is not known.",
  },
  RLT2011: {
    why: "Each flow that is called in a flow is a run of its own that stays open until it ends. A recursion that does not end would open runs without end.",
    wrong: `import { type Flow, flow } from "runlet";
export const main = flow(async () => await down(0));
export const down: Flow<[number], number> = flow(async (n: number) => await down(n + 1));`,
    right: `import { type Flow, flow } from "runlet";
export const main = flow(async () => await down(0));
export const down: Flow<[number], number> = flow(async (n: number) => {
  if (n >= 9) return n;
  return await down(n + 1);
});`,
  },
  RLT3001: {
    why: "The definition breaks a rule of Amazon States Language, so AWS would refuse it too. Definitions that are written by hand, or changed after compiling, are the ones that do.",
  },
  RLT3002: {
    why: "The embedded engine knows this field or integration by name, but does not do it yet; to guess would give another answer than AWS.",
  },
  RLT3003: {
    why: "Each task runs in a process, on AWS a sandbox of Lambda. It ended while the task ran: process.exit, an unhandled rejection, a crash of a native module, or more memory than the task's `memory`.",
  },
  RLT3004: {
    why: "The task worked longer than its `timeout` (by default 300 s, at most 900 s).",
  },
  RLT3005: {
    why: "Part of the flow body ran as JavaScript in an inline step, and gave a value that would not survive until the next step as it is: undefined in a list, -0, a Date, a function.",
  },
  RLT3006: {
    why: "The task names a secret that is not set where it runs. It is looked up before the task's code begins.",
  },
  RLT3007: {
    why: "A reference leads to a stored result that is not there, or that is not what was stored: its length or its digest differs.",
  },
  RLT3008: {
    why: "A map over `s3(…)` found no such object, was not allowed to read it, or found something else in it: no JSON list, two columns of one name, a key that begins with `$runlet.`. No call was made.",
  },
  RLT4001: {
    why: "The command line could not be read: an unknown command, a missing argument, too many of them.",
  },
  RLT4002: {
    why: "An option of a task, a flow, a call or a command has a name or a value that Runlet does not know.",
  },
  RLT4003: { why: "The path leads to nothing, to a folder, or to what this user may not read." },
  RLT4004: { why: "The file exports no flow of that name, or several flows and none was named." },
  RLT4005: {
    why: "The text after --input, or the file that it names, is no JSON. Shells remove quotes that are not quoted themselves.",
  },
  RLT4006: {
    why: "What is in the folder would be replaced, and it does not look like something that Runlet made.",
  },
  RLT4007: { why: "`taskContext()` tells of the attempt that runs; where no task runs there is none." },
  RLT4008: {
    why: "A start with a key is done once. The key, or the run id, was used before with another flow or another input.",
  },
  RLT4009: {
    why: "The system refused to make or write the file: a full disk, permissions, a file where a folder should be.",
  },
  RLT4010: {
    why: "`runlet asl run` answers the calls of a machine from a mocks file. It names an outcome that is neither a result nor an error, a test case or response that is not there, or nothing at all for a state that makes a call.",
  },
  RLT4021: {
    why: "Called directly in Node, a flow has nobody outside who could answer it; waiting for ever would look like a hang.",
    wrong: `import { approval, flow } from "runlet";
export const main = flow(async () => (await approval("Go on?")).approved);`,
  },
  RLT4022: {
    why: "An answer is for one wait. The run may have gone on, have ended, or wait in several places at once, as in a map.",
  },
  RLT4023: {
    why: "A run lives in the process of `runlet run`. The command that reaches it looks in the project's `.runlet` folder, where such a run listens.",
  },
  RLT4024: {
    why: "A run is held at its tasks, by a state beside each. Only flows that say `pausable: true` have these states.",
  },
  RLT4025: {
    why: "A run that repeats another one takes that one's input and the results of what had been done there. The record of it is not there, is of another flow, or has no call of the step from which it is to begin anew.",
  },
  RLT5001: {
    why: "esbuild could not bundle the tasks: an import that it cannot resolve, or code that it cannot parse.",
  },
  RLT5002: {
    why: "A file is loaded once while it is compiled, to read the options of its tasks. Its top-level code threw, ended the process, or did not come to an end within 30 s.",
  },
  RLT5003: {
    why: "The file has diagnostics, so there is nothing to run. All of them are printed, each with its own code.",
  },
  RLT5004: {
    why: "The folder holds no build, or one that was made by another version, or not all of its files.",
  },
  RLT6001: { why: "A journal has one writer at a time, and another process holds its lease." },
  RLT6002: {
    why: "The first bytes of the journal name a format that is newer than this version, or unknown.",
  },
  RLT6003: { why: "Records before the journal's end do not have the checksums that were written with them." },
  RLT6004: {
    why: "This process did not renew its lease in time, and another one has taken the journal over.",
  },
  RLT6005: { why: "The file system refused a write or a read, or lost what it had accepted." },
  RLT6006: { why: "The record is larger than a segment, or its stream has a name that cannot be stored." },
  RLT6007: {
    why: "The last record was cut, as a power failure does it: it was never acknowledged, and is put aside.",
  },
  RLT6008: { why: "Something was asked of a journal after it was closed." },
  RLT6009: {
    why: "A process that had lost the journal wrote on for a moment. Nobody was told that it was stored.",
  },
  RLT6010: {
    why: "A run goes on after a crash by replay: what came in from outside stands in the journal, and the interpreter does the rest again. This version of the interpreter would have done something else with what is written, so it does not go on with that run, rather than give another result.",
  },
  RLT6011: {
    why: "The engine knows runs by their ARN. Those that go on are kept whatever happens; of those that have ended the journal keeps the latest, by number and by size.",
  },
};

/**
 * Every run-time error of Runlet: code -> what it means and how to mend it. Codes are explicit, closed and never
 * re-used; compiler diagnostics (RLT1xxx) have their own table in `sdk/compiler/diagnostics.ts`.
 *
 * RLT2xxx values and boundaries · RLT3xxx running · RLT4xxx usage of the CLI and the SDK · RLT5xxx building ·
 * RLT60xx the journal
 */
export const ERROR_CATALOGUE = {
  RLT2001: {
    title: "A value that JSON cannot carry",
    mend: "Return and pass only null, booleans, finite numbers, strings, arrays and plain objects; turn a Date into toISOString(), a BigInt into a string, a Map or Set into an array.",
  },
  RLT2002: {
    title: "A key that Runlet keeps for itself",
    mend: 'Rename the key: names that begin with "$runlet." mark references and failures inside a run.',
  },
  RLT2003: {
    title: "A value nested too deeply, or one that contains itself",
    mend: "Flatten the value; at most 900 levels cross a boundary, and no cycle does.",
  },
  RLT2004: {
    title: "Input that the schema refuses",
    mend: "Give the named fields the types that the schema asks for.",
  },
  RLT2005: {
    title: "An error name that Runlet or AWS keeps for itself",
    mend: 'Choose an error name that does not begin with "States.", "Runlet.", "Lambda." or "Sandbox.".',
  },
  RLT2006: {
    title: "Something that is not an Error was thrown",
    mend: "Throw an Error (or a subclass): a name and a message are what crosses a boundary.",
  },
  RLT2007: {
    title: "A large result was read in a flow body",
    mend: "Pass the result on to a task and read it there; results above 256 KiB travel as references.",
  },
  RLT2008: {
    title: "A flow body changed a value in place",
    mend: "Make a new value instead (spread, map, toSorted), or do the change inside a task.",
  },
  RLT2009: {
    title: "A payload above the limit of the service",
    mend: "Keep what a flow body builds under 256 KiB: build it inside a task, whose result may be of any size.",
  },
  RLT2010: {
    title: "Objects compared by identity",
    mend: "Compare a key, such as a.id === b.id, or search with find or some; whether two objects are the same one is lost on the way between steps.",
  },
  RLT2011: {
    title: "Flows that call each other too deeply",
    mend: "End the recursion earlier, or go on by `flow.start(…)`, which begins a run of its own; at most 100 flows stand within each other.",
  },
  RLT3001: {
    title: "The definition is not valid",
    mend: "Mend the named state; `runlet compile` never emits such a definition.",
  },
  RLT3002: {
    title: "The engine does not implement this feature yet",
    mend: "Run the definition on AWS, or leave the feature out; the engine refuses instead of guessing.",
  },
  RLT3003: {
    title: "A task process ended before it answered",
    name: "TaskCrashed",
    mend: "Look for process.exit, a crash of a native module or memory use in the task; its last output is in the log.",
  },
  RLT3004: {
    title: "A task ran out of time",
    name: "TaskTimedOut",
    mend: "Raise the task's `timeout`, or make the work smaller; the task gets an AbortSignal before the end.",
  },
  RLT3005: {
    title: "A region of a flow body could not be evaluated exactly",
    mend: "Move the expression into a task.",
  },
  RLT3006: {
    title: "A secret was not found",
    mend: "Name it in the task's `secrets` and set it: RUNLET_SECRET_<NAME> on one machine, Secrets Manager on AWS.",
  },
  RLT3007: {
    title: "A stored result is missing or damaged",
    mend: "Run the flow again; if it happens twice, check what else writes to the data directory or bucket.",
  },
  RLT3008: {
    title: "Items that could not be read from an object store",
    mend: "Look at the cause: whether the object is there, may be read, and holds what its format says.",
  },
  RLT4001: { title: "Bad usage", mend: "See `runlet help`." },
  RLT4002: {
    title: "An unknown or invalid option",
    mend: "Remove the option or correct its value; unknown options are refused so that a typing mistake is not ignored.",
  },
  RLT4003: { title: "The file was not found or cannot be read", mend: "Check the path." },
  RLT4004: {
    title: "No such flow",
    mend: "Export the flow, or name one that the file exports with --flow NAME.",
  },
  RLT4005: {
    title: "Input that is not JSON",
    mend: "Quote the JSON for your shell, or use --input @file.json.",
  },
  RLT4006: {
    title: "The folder is not empty",
    mend: "Choose a new folder: `runlet init` never writes over files.",
  },
  RLT4007: {
    title: "Called outside a task",
    mend: "Call it inside the function of a task, while it runs.",
  },
  RLT4008: {
    title: "A key or run id that stands for another start",
    mend: "Use a new key for a new input; a key is for repeating the very same start.",
  },
  RLT4009: {
    title: "A file or folder that cannot be written",
    mend: "Choose a folder that you may write and that has room.",
  },
  RLT4010: {
    title: "Mocks that say nothing, or something else",
    mend: 'Write `{ "State": [{ "result": … }, { "error": "…", "cause": "…" }] }`, or the mock configuration of Step Functions Local.',
  },
  RLT4021: {
    title: "A wait that nobody answers",
    mend: "In tests give `answer` (runlet/testing); or run the flow with `runlet run`, where `runlet answer` and `runlet send` reach it.",
  },
  RLT4022: {
    title: "No wait that fits",
    mend: "Look at what the run waits for with `runlet waits RUN`, and name the step with --step.",
  },
  RLT4023: {
    title: "No such run is under way here",
    mend: "Look at the id that `runlet run` printed; name the same --data folder, or call it in the same project.",
  },
  RLT4024: {
    title: "A run that cannot be paused",
    mend: "Give the flow the option `pausable: true`; or cancel the run, and start it again.",
  },
  RLT4025: {
    title: "A run that cannot be run again",
    mend: "Name a run of this flow whose record is there, and with --from a step that it called, such as `load` or `load/2`.",
  },
  RLT5001: {
    title: "The bundle could not be built",
    mend: "Mend the named line; the bundler's message says what it could not resolve or parse.",
  },
  RLT5002: {
    title: "The module failed while it was loaded",
    mend: "Code at the top level of a flow file runs at build time: keep it free of work, and let tasks do the work.",
  },
  RLT5004: {
    title: "A build that is missing, incomplete, or of another version",
    mend: "Run `runlet compile FILE --out DIR` with this version of Runlet, and give that folder.",
  },
  RLT5003: {
    title: "The flow has mistakes",
    mend: "Mend the diagnostics; each has its line, its cause and its mend.",
  },
  RLT6001: {
    title: "The journal has another owner",
    mend: "Stop the named process, wait until its lease has ended, or use another data directory.",
  },
  RLT6002: {
    title: "A journal of a format that this version does not know",
    mend: "Open it with the version of Runlet that wrote it, or a newer one; nothing in it was changed.",
  },
  RLT6003: {
    title: "A journal that is damaged",
    mend: "Restore the data directory from a backup, or check the disk; the message says where the damage begins.",
  },
  RLT6004: {
    title: "The journal was taken over by another process",
    mend: "Open it again and go on from what it holds; what was not acknowledged may or may not be in it.",
  },
  RLT6005: {
    title: "The journal could not be written or read",
    mend: "Mend what the system reports (free space, permissions, open files, the disk), then try again; nothing that failed was acknowledged.",
  },
  RLT6006: {
    title: "A record that the journal cannot take",
    mend: "Store large data elsewhere and record where; a stream's name is a well-formed string of at most 65,535 bytes.",
  },
  RLT6007: {
    title: "The end of the journal was incomplete",
    mend: "Nothing need be done after a crash or a power failure; else check the disk. The bytes are in the named file.",
  },
  RLT6008: { title: "The journal is closed", mend: "Open it again." },
  RLT6009: {
    title: "Files of a writer that was no longer the owner",
    mend: "Nothing need be done: they were never acknowledged. Delete the named file when it is of no interest.",
  },
  RLT6010: {
    title: "A run that this version cannot go on with",
    mend: "Open the data directory with the version of Runlet that wrote it and let the run end there; other runs go on, and nothing of this one is lost.",
  },
  RLT6011: {
    title: "A run that is not known",
    mend: "Check the name; of runs that have ended the journal keeps the latest only, as the option `retention` says.",
  },
} as const satisfies Record<string, { title: string; mend: string; name?: string }>;

/** A stable code of {@link ERROR_CATALOGUE}. */
export type ErrorCode = keyof typeof ERROR_CATALOGUE;

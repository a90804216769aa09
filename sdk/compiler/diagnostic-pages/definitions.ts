import type { DiagnosticPage } from "./page.ts";

/** RLT10xx: the file, its tasks and its flows. */
export const DEFINITION_PAGES = {
  RLT1001: {
    why: "What the parser cannot read cannot be compiled. Types are read past, so a mistake in a type alone is no syntax error, but a missing bracket is.",
    wrong: "const total = (input.a + input.b;\nreturn total;",
    right: "const total = (input.a + input.b);\nreturn total;",
  },
  RLT1002: {
    why: "A file is compiled for its flows. One is found by its call of `flow` from the package `runlet`, in an exported top-level constant.",
    wrong: `import { task } from "runlet";
export const load = task(async (url: string) => url.length);`,
    right: `import { flow, task } from "runlet";
export const load = task(async (url: string) => url.length);
export const etl = flow(async (input: { url: string }) => await load(input.url));`,
  },
  RLT1003: {
    why: "A task becomes a function of its own, and a flow a state machine: both must be found by reading the file, and be the same whenever it is loaded. One that is made inside a function is made anew at each call.",
    wrong: `import { flow, task } from "runlet";
const taskFor = (table: string) => task(async (row: object) => ({ table, row }));
export const etl = flow(async () => 1);`,
    right: `import { flow, task } from "runlet";
export const store = task(async (table: string, row: object) => ({ table, row }));
export const etl = flow(async () => await store("orders", { id: 1 }));`,
  },
  RLT1004: {
    why: "A misspelled option that is ignored would be found out in production: a task without its retries. So names and values of options are checked where they are written.",
    wrong: `import { flow, task } from "runlet";
export const load = task({ retires: 3 }, async () => 1);
export const etl = flow(async () => await load());`,
    right: `import { flow, task } from "runlet";
export const load = task({ retries: 3 }, async () => 1);
export const etl = flow(async () => await load());`,
  },
  RLT1005: {
    why: "The name of a task names its function, its states and its steps. With two of one name the one would run in place of the other.",
    wrong: `import { flow, task } from "runlet";
export const a = task({ name: "load" }, async () => 1);
export const b = task({ name: "load" }, async () => 2);
export const etl = flow(async () => [await a(), await b()]);`,
    right: `import { flow, task } from "runlet";
export const a = task({ name: "loadOrders" }, async () => 1);
export const b = task({ name: "loadUsers" }, async () => 2);
export const etl = flow(async () => [await a(), await b()]);`,
  },
  RLT1006: {
    why: "A flow waits for its tasks, so calling it gives a promise, in plain Node too.",
    wrong: `import { flow } from "runlet";
export const etl = flow((input: { n: number }) => input.n);`,
    right: `import { flow } from "runlet";
export const etl = flow(async (input: { n: number }) => input.n);`,
  },
  RLT1007: {
    why: "A run has one input, a JSON value: that is what a schedule, the CLI and the API hand over.",
    wrong: `import { flow } from "runlet";
export const etl = flow(async (from: number, to: number) => to - from);`,
    right: `import { flow } from "runlet";
export const etl = flow(async ({ from, to }: { from: number; to: number }) => to - from);`,
  },
  RLT1008: {
    why: "The body is compiled from its text, so the compiler must find it inside `flow(…)`; through a variable it could be another function at each load.",
    wrong: `import { flow } from "runlet";
const body = async () => 1;
export const etl = flow(body);`,
    right: `import { flow } from "runlet";
export const etl = flow(async () => 1);`,
  },
  RLT1009: {
    why: "The name is imported, but the module does not export it, or there is no such module. In plain Node the file would not even load.",
    wrong: `import { flow } from "runlet";
import { limits } from "./limits.ts";
export const etl = flow(async () => limits);`,
    right: `import { flow } from "runlet";
import { LIMIT } from "./limits.ts";
export const etl = flow(async () => LIMIT);`,
    files: { "limits.ts": "export const LIMIT = 100;\n" },
  },
  RLT1010: {
    why: "The name becomes part of a Lambda function's name, of a state's name and of idempotency keys, whose alphabets are small.",
    wrong: `import { flow, task } from "runlet";
export const größe = task(async () => 1);
export const etl = flow(async () => await größe());`,
    right: `import { flow, task } from "runlet";
export const größe = task({ name: "groesse" }, async () => 1);
export const etl = flow(async () => await größe());`,
  },
} as const satisfies Record<string, DiagnosticPage>;

import type { DiagnosticPage } from "./page.ts";

/** RLT12xx: calls of tasks, and waiting. */
export const CALL_PAGES = {
  RLT1201: {
    why: "Without `await` the expression is a promise, and adding to it or storing it gives `[object Promise]`, in plain Node too.",
    wrong: "const total = load(input.a) + 1;\nreturn total;",
    right: "const total = (await load(input.a)) + 1;\nreturn total;",
  },
  RLT1202: {
    why: "A flow waits for tasks: that is what is recorded, retried and continued. Another promise lives in one process only.",
    wrong: 'await import("./later.ts");\nreturn 1;',
    right: 'return await load("later");',
  },
  RLT1203: {
    why: "A default is evaluated only where there is no value, in the middle of taking the value apart. As a statement the call has a branch of its own.",
    wrong: "const { id = await load(1) } = input;\nreturn id;",
    right: "const { id: given } = input;\nreturn given ?? (await load(1));",
  },
  RLT1204: {
    why: "Step Functions waits for all branches of a state: the first of several to end cannot be told, and the others cannot be left.",
    wrong: "return await Promise.race([load(1), load(2)]);",
    right: "return await Promise.all([1, 2].map(async (id) => await load(id)));",
  },
  RLT1205: {
    why: "What runs side by side must be seen in the source: a list that came from elsewhere holds no calls of tasks.",
    wrong: "return await Promise.all(input.promises);",
    right: "return await Promise.all(input.ids.map(async (id: number) => await load(id)));",
  },
  RLT1206: {
    why: "Each item is a run of the callback in the machine, so it must be written in place, and has the item and its index.",
    wrong: "return await Promise.all(input.ids.map(async (...given: number[]) => await load(given[0])));",
    right: "return await Promise.all(input.ids.map(async (id: number) => await load(id)));",
  },
  RLT1207: {
    why: "A task is a function of its own elsewhere, not a value that could travel.",
    wrong: "return input.ids.map(load);",
    right: "return await load.map(input.ids);",
  },
  RLT1208: {
    why: "A task can be called and mapped; other members would be silently nothing.",
    wrong: "return await load.each(input.ids);",
    right: "return await load.map(input.ids);",
  },
  RLT1209: {
    why: "The options of a map decide what is emitted, so they are read from the source.",
    wrong: "return await load.map(input.ids, { concurrency: 0 });",
    right: "return await load.map(input.ids, { concurrency: 4 });",
  },
  RLT1211: {
    why: "A task with other options is a Lambda function of its own, made when the module is loaded; a value of the flow does not exist yet.",
    wrong: "return await load.with({ retries: input.retries })(input.id);",
    right: "return await load.with({ retries: 3 })(input.id);",
  },
  RLT1212: {
    why: "Step Functions waits in whole seconds, and a timeout is part of the machine.",
    wrong: `import { flow, sleep } from "runlet";
export const main = flow(async () => { await sleep({ milliseconds: 500 }); return 1; });`,
    right: `import { flow, sleep } from "runlet";
export const main = flow(async () => { await sleep({ seconds: 1 }); return 1; });`,
  },
  RLT1213: {
    why: "Answers are checked when somebody gives them, by another function than the flow: the schema is made there anew.",
    wrong: `import { flow, waitForInput } from "runlet";
import * as z from "zod";
export const main = flow(async (most: number) => await waitForInput(z.number().max(most), "How many?"));`,
    right: `import { flow, waitForInput } from "runlet";
import * as z from "zod";
export const main = flow(async () => await waitForInput(z.number().max(9), "How many?"));`,
  },
  RLT1210: {
    why: "A flow that is called in a flow is a run of its own, and has one input. What is not awaited would be left behind when the caller ends; `child.start(input)` says so.",
    wrong: `import { flow } from "runlet";
export const inner = flow(async (n: number) => n + 1);
export const outer = flow(async () => { inner(1); return 2; });`,
    right: `import { flow } from "runlet";
export const inner = flow(async (n: number) => n + 1);
export const outer = flow(async () => { await inner(1); return 2; });`,
  },
  RLT1214: {
    why: "A future is a call that has begun. Where it goes decides what runs side by side, so it must be seen in the source.",
    wrong: "const total = load(input.a);\nreturn total + 1;",
    right: "const total = load(input.a);\nconst other = await load(input.b);\nreturn [await total, other];",
  },
  RLT1215: {
    why: "Step Functions reads the items by itself, so how they lie in the store is part of the machine; where they lie may be computed.",
    wrong: `import { flow, s3, task } from "runlet";
export const load = task(async (row: Record<string, string>) => row["id"]);
export const main = flow(async (key: string) => { const rows = s3(key); return await load.map(rows); });`,
    right: `import { flow, s3, task } from "runlet";
export const load = task(async (row: Record<string, string>) => row["id"]);
export const main = flow(async (key: string) => await load.map(s3({ bucket: "exports", key, format: "csv" })));`,
  },
} as const satisfies Record<string, DiagnosticPage>;

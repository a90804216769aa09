import * as z from "zod";
import {
  backoff,
  type Flow,
  flow,
  range,
  type S3Object,
  type Serialized,
  s3,
  task,
} from "../../sdk/index.ts";

/**
 * What authors infer. There is nothing to run: the type checker is the test, and `@ts-expect-error` says what it must
 * refuse.
 */
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <_Check extends true>(): void => undefined;

interface Row {
  id: number;
  note?: string;
}

// Serialized: what JSON makes of a value
same<Equal<Serialized<string>, string>>();
same<Equal<Serialized<"a" | 1>, "a" | 1>>();
same<Equal<Serialized<undefined>, null>>();
same<Equal<Serialized<void>, null>>();
same<Equal<Serialized<number | undefined>, number | null>>();
same<Equal<Serialized<Row[]>, { id: number; note?: string | undefined }[]>>();
same<Equal<Serialized<[number, undefined]>, [number, null]>>();
same<Equal<Serialized<readonly string[]>, readonly string[]>>();
same<Equal<Serialized<Date>, never>>();
same<Equal<Serialized<{ at: Date }>, { at: never }>>();
same<Equal<Serialized<bigint>, never>>();
same<Equal<Serialized<() => void>, never>>();
same<Equal<Serialized<unknown>, unknown>>();
same<Equal<Serialized<{ a: string | null }>, { a: string | null }>>();

// Tasks
const load = task(
  { retries: 3, retryDelay: backoff({ seconds: 2 }) },
  async (rows: Row[], dryRun?: boolean) => (dryRun ? undefined : { loaded: rows.length }),
);
same<Equal<Awaited<ReturnType<typeof load>>, { loaded: number } | null>>();
same<Equal<Parameters<typeof load>, [rows: Row[], dryRun?: boolean | undefined]>>();
const nothing = task(async () => {});
same<Equal<Awaited<ReturnType<typeof nothing>>, null>>();
const notAsync = task((n: number) => n + 1);
same<Equal<ReturnType<typeof notAsync>, Promise<number>>>();
same<Equal<Awaited<ReturnType<typeof notAsync.map>>, number[]>>();
void notAsync.map(range(1, 3), { concurrency: 2 });
// @ts-expect-error a text is no number
void notAsync("1");
// @ts-expect-error the items are the task's first argument
void notAsync.map(["1"]);
// @ts-expect-error an unknown option
task({ retry: 3 }, async () => 1);
// @ts-expect-error an unknown option of map
void notAsync.map([1], { concurrent: 2 });
// @ts-expect-error a unit that does not exist
task({ timeout: { second: 1 } }, async () => 1);

// Flows
const schema = z.object({ pages: z.number(), tag: z.string().default("none") });
const etl = flow({ input: schema }, async (input) => {
  same<Equal<typeof input, { pages: number; tag: string }>>();
  return { pages: input.pages, at: undefined };
});
same<Equal<Parameters<typeof etl>, [input: { pages: number; tag?: string | undefined }]>>();
void etl({ pages: 1 });
// @ts-expect-error the input is needed
void etl();
// @ts-expect-error a wrong field
void etl({ pages: "1" });
const optional = flow({ input: schema.optional() }, async (input) => input?.pages ?? 0);
void optional();
const bare = flow(async () => 1);
same<Equal<typeof bare, Flow<[], number>>>();
const described = flow({ description: "no schema" }, async (n: number) => n);
same<Equal<Parameters<typeof described>, [n: number]>>();
// @ts-expect-error at most one argument
flow(async (a: number, b: number) => a + b);
// @ts-expect-error an unknown option
flow({ retry: 1 }, async () => 1);

// A parameter with a default has the default's type, and may be left out
const paged = task(async (name: string, size = 3, deep?: boolean) => ({ name, size, deep: deep ?? false }));
same<Equal<Parameters<typeof paged>[1], number | undefined>>();
const pagedWith = task({ retries: 1 }, async (name: string, size = 3) => `${name}${size}`);
same<Equal<Parameters<typeof pagedWith>[1], number | undefined>>();
void paged("a");
void paged("a", 4, true);
// @ts-expect-error a number where the default is one
void pagedWith("a", "4");

// Items in S3: what the task takes, unless the author says otherwise
const importRow = task(async (row: Row) => row.id);
const inspect = task(async ({ size }: S3Object) => size);
void (async () => {
  same<Equal<Awaited<ReturnType<typeof imported>>, number[]>>();
  async function imported(): Promise<number[]> {
    return importRow.map(s3("bucket/rows.jsonl"), { concurrency: 100 });
  }
  await inspect.map(s3({ bucket: "bucket", prefix: "in/" }));
  const tolerant = await importRow.map(s3<Row>("bucket/rows.json", { pointer: "/rows" }), {
    toleratedFailures: 1,
  });
  same<Equal<typeof tolerant, (number | null)[]>>();
  // @ts-expect-error the task takes rows
  await importRow.map(s3<string>("bucket/names.json"));
  // @ts-expect-error neither a key nor a prefix
  s3({ bucket: "bucket" });
  // @ts-expect-error no such format
  s3("bucket/key", { format: "parquet" });
});

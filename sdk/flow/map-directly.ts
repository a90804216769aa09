import { RunletError } from "../model/runlet-error.ts";
import { environment } from "./environment.ts";
import { readItems } from "./read-items.ts";
import { type S3Items, s3SourceOf } from "./s3.ts";

/** Options of {@link Task.map}; written in place, since they decide what is emitted. */
export interface MapOptions {
  /**
   * At most so many calls at a time. @default no limit in Node; 40 on Step Functions' inline maps (up to 40 items), 1,000
   * on distributed ones @maximum 10,000
   */
  readonly concurrency?: number;
  /** So many items share one execution on Step Functions, which costs less. @default 1 @maximum 500 */
  readonly batchSize?: number;
  /**
   * So many items may fail, by number or in percent of all: `null` stands in their place. Where more fail, the first
   * failure is thrown. @default 0
   */
  readonly toleratedFailures?: number | `${number}%`;
}

/** `task.map` in plain Node: all calls settle before the first failure is thrown. */
export async function mapDirectly<Item, Result>(
  call: (item: Item) => Promise<Result>,
  given: readonly Item[] | S3Items<Item>,
  options: MapOptions,
): Promise<Result[]> {
  checkMap(given, options);
  const items = Array.isArray(given) ? (given as readonly Item[]) : await readAll<Item>(given);
  const results: Result[] = new Array(items.length);
  const failures: unknown[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++;
      await call(items[index] as Item).then(
        (result) => {
          results[index] = result;
        },
        (error: unknown) => {
          failures.push(error);
          results[index] = null as Result; // what the flow gets where the failure is tolerated
        },
      );
    }
  };
  const width = Math.min(items.length, options.concurrency ?? items.length);
  await Promise.all(Array.from({ length: width }, worker));
  if (failures.length > 0 && !tolerates(options.toleratedFailures, failures.length, items.length))
    throw failures[0];
  return results;
}

/** Reading takes no time of a virtual clock. */
async function readAll<Item>(given: unknown): Promise<Item[]> {
  const source = s3SourceOf(given);
  if (!source) return [];
  const { clock } = environment();
  const reading = readItems(source);
  return (await (clock.during ? clock.during(reading) : reading)) as Item[];
}

function checkMap(items: unknown, options: MapOptions): void {
  if (!Array.isArray(items) && !s3SourceOf(items))
    throw new RunletError("RLT4002", "map was called with something that is not an array.");
  for (const key of Object.keys(options)) {
    if (!MAP_OPTIONS.has(key)) throw new RunletError("RLT4002", `map has no option "${key}".`);
  }
  const { toleratedFailures } = options;
  checkWhole("concurrency", options.concurrency, 1, 10_000);
  checkWhole("batchSize", options.batchSize, 1, 500);
  if (typeof toleratedFailures === "string") {
    const percent = PERCENT.exec(toleratedFailures)?.[1];
    if (percent === undefined || Number(percent) > 100)
      throw new RunletError(
        "RLT4002",
        `map's toleratedFailures is ${JSON.stringify(toleratedFailures)}; as a share of all it is "0%" to "100%".`,
      );
  } else checkWhole("toleratedFailures", toleratedFailures, 0, Number.MAX_SAFE_INTEGER);
}

const MAP_OPTIONS = new Set(["concurrency", "batchSize", "toleratedFailures"]);
const PERCENT = /^(\d+(?:\.\d+)?)%$/;

function checkWhole(name: string, value: number | undefined, least: number, most: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return;
  throw new RunletError(
    "RLT4002",
    `map's ${name} is ${value}; it must be a whole number of ${least} to ${most}.`,
  );
}

function tolerates(tolerated: MapOptions["toleratedFailures"], failed: number, all: number): boolean {
  if (tolerated === undefined) return false;
  if (typeof tolerated === "number") return failed <= tolerated;
  return (failed / all) * 100 <= Number(PERCENT.exec(tolerated)?.[1]);
}

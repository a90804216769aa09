import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { backoff, flow, range, task } from "runlet";
import * as z from "zod";

interface Row {
  id: number;
  customer: string;
  total: number;
}

interface Page {
  rows: Row[];
  pages: number;
}

/** One page of an API; a page that fails is asked for again, after 1, 2 and 4 seconds. */
export const fetchPage = task(
  { retries: 3, retryDelay: backoff({ seconds: 1 }), timeout: { minutes: 1 } },
  async (api: string, page: number): Promise<Page> => {
    const response = await fetch(`${api}/orders?page=${page}`, { signal: AbortSignal.timeout(10_000) });
    if (!response.ok) throw new Error(`page ${page}: HTTP ${response.status}`);
    return (await response.json()) as Page;
  },
);

/** Writes the rows to a file, one JSON object a line. */
export const load = task(async (rows: Row[], target: string) => {
  const file = join(target, "orders.jsonl");
  await mkdir(target, { recursive: true });
  await writeFile(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  return { file, count: rows.length };
});

const input = z.object({
  /** Where the API is, without a slash at the end. */
  api: z.string(),
  target: z.string().default(join(tmpdir(), "runlet-api-etl")),
});

/** The first page says how many there are; the others are fetched side by side; rows without a total are left out. */
export const apiEtl = flow({ input }, async ({ api, target }) => {
  const first = await fetchPage(api, 1);
  const others = await Promise.all(range(2, first.pages).map(async (page) => fetchPage(api, page)));
  const rows = [first, ...others].flatMap((page) => page.rows).filter((row) => row.total > 0);
  if (rows.length === 0) return { loaded: 0, revenue: 0 };
  const revenue = rows.reduce((sum, row) => sum + row.total, 0);
  const loaded = await load(rows, target);
  return { loaded: loaded.count, revenue };
});

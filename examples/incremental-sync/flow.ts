import { backoff, flow, RetryAfterError, sleep, task } from "runlet";
import * as z from "zod";

interface Page {
  rows: { id: number; name: string }[];
  /** Where the next page begins; null after the last one. */
  next: number | null;
}

/** A page of what changed since a cursor. Stands in for an API that turns callers away when it is busy. */
export const fetchChanges = task(
  { retries: 3, retryDelay: backoff({ seconds: 2 }) },
  async (cursor: number, size: number, last: number, attempt: number): Promise<Page> => {
    if (cursor === 20 && attempt === 0) throw new RetryAfterError("429 Too Many Requests", { seconds: 0 });
    const count = Math.max(0, Math.min(size, last - cursor));
    const rows = Array.from({ length: count }, (_, i) => ({
      id: cursor + i + 1,
      name: `row ${cursor + i + 1}`,
    }));
    return { rows, next: cursor + count < last ? cursor + count : null };
  },
);

export const upsert = task(async (rows: Page["rows"]) => rows.length);

/** How far the export of the day is, in percent. Stands in for a job elsewhere. */
export const exportProgress = task(async (polls: number) => Math.min(100, (polls + 1) * 40));

/** Waits until the export is there: asks, sleeps, asks again. */
export const waitForExport = flow(async () => {
  let polls = 0;
  while ((await exportProgress(polls)) < 100) {
    polls += 1;
    await sleep({ minutes: 1 });
  }
  return polls;
});

/** Brings one page over; a flow of its own, tried again as a whole. */
export const syncPage = flow(
  { retries: 2, retryDelay: { seconds: 30 } },
  async ({ cursor, size, last }: { cursor: number; size: number; last: number }) => {
    const { rows, next } = await fetchChanges(cursor, size, last, 1);
    return { loaded: await upsert(rows), next };
  },
);

const input = z.object({
  from: z.number().int().default(0),
  size: z.number().int().default(10),
  last: z.number(),
});

/** Brings over what is new since the cursor of the last time, page by page, and gives the cursor for the next time. */
export const syncChanges = flow({ input }, async ({ from, size, last }) => {
  const polls = await waitForExport();
  let cursor = from;
  let loaded = 0;
  let more = true;
  while (more) {
    const page = await syncPage({ cursor, size, last });
    loaded += page.loaded;
    more = page.next !== null;
    cursor = page.next ?? last;
  }
  return { polls, loaded, cursor };
});

import { flow, range } from "runlet";
import { fetchPage, fetchRows, notifySlack, type Row, readText, score, upsert } from "./tasks.ts";

export const cursorPages = flow(async (input: { size: number }) => {
  const rows: Row[] = [];
  let cursor: string | null = null;
  do {
    const page = await fetchPage(cursor, input.size);
    rows.push(...page.rows);
    cursor = page.next;
  } while (cursor);
  console.log(`fetched ${rows.length} rows`);
  return await upsert("orders", rows);
});

export const pagesUntilEmpty = flow(async ({ size, max }: { size: number; max: number }) => {
  let all: Row[] = [];
  let page = 0;
  while (true) {
    const { rows, hasMore } = await fetchPage(String(page * size), size);
    all = all.concat(rows);
    page += 1;
    if (!hasMore || page >= max) break;
  }
  return { pages: page, count: all.length, ids: all.map((r) => r.id) };
});

export const pagesInParallel = flow(async ({ pages }: { pages: number }) => {
  const results = await fetchPage.map(range(0, pages).map((n) => String(n * 3)));
  const rows = results.flatMap((p) => p.rows).filter((row) => row.total > 0);
  if (rows.length === 0) return { loaded: 0 };
  return { loaded: await upsert("rows", rows) };
});

export const dedupe = flow(async ({ sources }: { sources: string[] }) => {
  const seen = new Set<number>();
  const unique: Row[] = [];
  for (const source of sources) {
    const rows = await fetchRows(source);
    for (const row of rows) {
      if (seen.has(row.id)) continue;
      seen.add(row.id);
      unique.push(row);
    }
  }
  console.info("unique", unique.length, "of", seen.size);
  await upsert("unique", unique);
  return [...seen].sort((a, b) => a - b);
});

export const groupByCustomer = flow(async ({ source }: { source: string }) => {
  const rows = await fetchRows(source);
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const list = groups.get(row.customer) ?? [];
    list.push(row);
    groups.set(row.customer, list);
  }
  const summary = [];
  for (const [customer, list] of groups) {
    const total = list.reduce((sum, r) => sum + r.total, 0);
    await upsert(`customer/${customer}`, list);
    summary.push({ customer, total, count: list.length });
  }
  return summary.sort((a, b) => b.total - a.total || a.customer.localeCompare(b.customer));
});

export const groupWithReduce = flow(async ({ source }: { source: string }) => {
  const rows = await fetchRows(source);
  const byStatus = rows.reduce<Record<string, number[]>>((acc, row) => {
    (acc[row.status] ||= []).push(row.id);
    return acc;
  }, {});
  await Promise.all(Object.entries(byStatus).map(async ([status, ids]) => upsert(status, ids)));
  return Object.keys(byStatus).sort();
});

function chunk<T>(items: T[], size: number): T[][] {
  const chunks: T[][] = [];
  for (let i = 0; i < items.length; i += size) chunks.push(items.slice(i, i + size));
  return chunks;
}

export const batches = flow(async ({ source, size }: { source: string; size: number }) => {
  const rows = await fetchRows(source);
  let written = 0;
  for (const [i, batch] of chunk(rows, size).entries()) {
    written += await upsert(`batch-${i}`, batch);
    console.debug("batch %d: %o", i, batch.length);
  }
  return written;
});

export const batchesInParallel = flow(async ({ size }: { size: number }) => {
  const rows = await fetchRows("abc");
  const results: number[] = [];
  for (const group of chunk(rows, size)) {
    const scores = await Promise.all(group.map((row) => score(row.customer)));
    results.push(...scores);
  }
  return { results, best: Math.max(...results) };
});

export const incremental = flow(async ({ since, source }: { since: string | null; source: string }) => {
  let watermark = since ?? "1970-01-01T00:00:00.000Z";
  const rows = await fetchRows(source, since);
  if (!rows.length) {
    console.log("nothing new since", watermark);
    return { watermark, changed: 0 };
  }
  for (const row of rows) if (row.updatedAt > watermark) watermark = row.updatedAt;
  const changed = await upsert("target", rows);
  return { watermark, changed };
});

const DAY = 24 * 60 * 60 * 1000;

export const dateWindows = flow(async ({ from, to, days }: { from: string; to: string; days: number }) => {
  const windows: { start: string; end: string }[] = [];
  let start = new Date(from);
  const end = new Date(to);
  while (start < end) {
    const stop = new Date(Math.min(start.getTime() + days * DAY, end.getTime()));
    windows.push({ start: start.toISOString().slice(0, 10), end: stop.toISOString().slice(0, 10) });
    start = stop;
  }
  let total = 0;
  for (const window of windows) total += (await fetchRows(window.start, window.end)).length;
  return { windows, total };
});

export const csvImport = flow(async ({ path }: { path: string }) => {
  const text = await readText(path);
  const [header, ...lines] = text.split("\n").filter((line) => line.trim() !== "");
  if (!header) throw new Error(`empty file: ${path}`);
  const keys = header.split(",").map((k) => k.trim());
  const records = lines.map((line) => {
    const cells = line.split(",");
    return Object.fromEntries(keys.map((key, i) => [key, cells[i]?.replace(/^"|"$/g, "") || null]));
  });
  const bad = records.filter((r) => r["amount"] === null);
  if (bad.length > 0) console.warn("rows without an amount", bad);
  const good = records.filter((r) => r["amount"] !== null);
  await upsert("csv", good);
  return { good: good.length, bad: bad.length, sum: good.reduce((s, r) => s + Number(r["amount"]), 0) };
});

export const joinSources = flow(async ({ left, right }: { left: string; right: string }) => {
  const [orders, customers] = await Promise.all([fetchRows(left), fetchRows(right)]);
  const byId = new Map(customers.map((c) => [c.customer, c]));
  const joined = orders
    .map((o) => ({ ...o, other: byId.get(o.customer) }))
    .filter((o) => o.other !== undefined)
    .map(({ id, other }) => ({ id, otherId: other?.id ?? -1 }));
  return { matched: joined.length, joined: await upsert("joined", joined) };
});

export const normalise = flow(
  async ({ docs }: { docs: { id: string; items?: { sku: string; qty?: number }[] }[] }) => {
    const flat: { doc: string; sku: string; qty: number }[] = [];
    for (const doc of docs) {
      for (const { sku, qty = 1 } of doc.items ?? []) {
        flat.push({ doc: doc.id, sku: sku.toUpperCase(), qty });
      }
    }
    const bySku: Record<string, number> = {};
    for (const { sku, qty } of flat) bySku[sku] = (bySku[sku] ?? 0) + qty;
    await upsert("items", flat);
    return bySku;
  },
);

export const diff = flow(async ({ before, after }: { before: string; after: string }) => {
  const old = await fetchRows(before);
  const now = await fetchRows(after);
  const oldIds = new Set(old.map((r) => r.id));
  const nowIds = new Set(now.map((r) => r.id));
  const added = now.filter((r) => !oldIds.has(r.id));
  const removed = old.filter((r) => !nowIds.has(r.id));
  if (added.length) await upsert("added", added);
  if (removed.length) await upsert("removed", removed);
  return { added: added.length, removed: removed.length, same: now.length - added.length };
});

export const countByStatus = flow(async () => {
  const counts: { [status: string]: number } = {};
  for (const source of ["abc", "de", "f"]) {
    const rows = await fetchRows(source);
    rows.forEach((row) => {
      counts[row.status] = (counts[row.status] || 0) + 1;
    });
  }
  const lines = Object.entries(counts).map(([status, n]) => `${status}: ${n}`);
  await notifySlack(lines.join("\n"));
  return counts;
});

export const topN = flow(async ({ n }: { n: number }) => {
  const rows = await fetchRows("abcd");
  const top = [...rows].sort((a, b) => b.total - a.total).slice(0, n);
  const enriched = await Promise.all(
    top.map(async (row, rank) => ({ rank: rank + 1, id: row.id, score: await score(row.customer) })),
  );
  const best = enriched.find((e) => e.score === Math.max(...enriched.map((x) => x.score)));
  return { enriched, best };
});

export const jsonFile = flow(async ({ path }: { path: string }) => {
  let data: { items: { sku: string; qty: number }[] };
  try {
    data = JSON.parse(await readText(path));
  } catch (error) {
    console.error("not JSON:", (error as Error).message);
    return { ok: false, reason: (error as Error).name };
  }
  const items = data.items.filter(({ qty }) => qty > 0);
  return { ok: true, loaded: await upsert("items", items) };
});

export const logLevels = flow(async ({ path }: { path: string }) => {
  const text = await readText(path);
  const counts = new Map<string, number>();
  for (const line of text.split("\n")) {
    const match = /^(?<level>[A-Z]+) (?<rest>.*)$/.exec(line);
    if (!match?.groups) continue;
    const { level } = match.groups;
    counts.set(level!, (counts.get(level!) ?? 0) + 1);
  }
  if ((counts.get("ERROR") ?? 0) > 1) await notifySlack(`${counts.get("ERROR")} errors in ${path}`);
  return Object.fromEntries(counts);
});

import { flow, sleep } from "runlet";
import { percent } from "./helpers.ts";
import {
  fetchPage,
  fetchRows,
  flakyFetch,
  getUser,
  notifySlack,
  type Row,
  readConfig,
  readText,
  score,
  sendEmail,
  upsert,
} from "./tasks.ts";

const formatRow = ({ id, total, status }: Row): string =>
  `${String(id).padStart(4, "0")} ${total.toFixed(1).padStart(8)} ${status}`;

export const dailyReport = flow(async ({ source }: { source: string }) => {
  const rows = await fetchRows(source);
  const total = rows.reduce((sum, row) => sum + row.total, 0);
  const text = [
    `Report for ${source}`,
    "=".repeat(20),
    ...rows.map(formatRow),
    "-".repeat(20),
    `${rows.length} row${rows.length === 1 ? "" : "s"}, total ${total}`,
  ].join("\n");
  await sendEmail("boss@example.com", `Report ${source}`, text);
  return text;
});

export const markdownTable = flow(async ({ ids }: { ids: string[] }) => {
  const users: { id: string; plan: string; email: string | null }[] = [];
  for (const id of ids) users.push(await getUser(id));
  const header = ["id", "plan", "email"];
  const widths = header.map((h, i) =>
    Math.max(h.length, ...users.map((u) => String([u.id, u.plan, u.email][i]).length)),
  );
  const line = (cells: (string | null)[]): string =>
    `| ${cells.map((c, i) => String(c).padEnd(widths[i] ?? 0)).join(" | ")} |`;
  return [
    line(header),
    line(widths.map((w) => "-".repeat(w))),
    ...users.map((u) => line([u.id, u.plan, u.email])),
  ].join("\n");
});

export const stats = flow(async ({ sources }: { sources: string[] }) => {
  const all = (await Promise.all(sources.map((s) => fetchRows(s)))).flat();
  const totals = all.map((r) => r.total).sort((a, b) => a - b);
  if (totals.length === 0) return null;
  const middle = Math.floor(totals.length / 2);
  const median = totals.length % 2 ? totals[middle]! : (totals[middle - 1]! + totals[middle]!) / 2;
  return {
    count: totals.length,
    min: totals[0],
    max: totals.at(-1),
    mean: Math.round((totals.reduce((a, b) => a + b, 0) / totals.length) * 100) / 100,
    median,
    negative: percent(totals.filter((t) => t < 0).length, totals.length),
  };
});

export const histogram = flow(async ({ source, width }: { source: string; width: number }) => {
  const rows = await fetchRows(source);
  const buckets: Record<number, number> = {};
  for (const { total } of rows) {
    const bucket = Math.floor(total / width) * width;
    buckets[bucket] = (buckets[bucket] ?? 0) + 1;
  }
  const bars = Object.keys(buckets)
    .map(Number)
    .sort((a, b) => a - b)
    .map((b) => `${b}: ${"#".repeat(buckets[b] ?? 0)}`);
  await notifySlack(bars.join("\n"));
  return bars;
});

export const pivot = flow(async ({ source }: { source: string }) => {
  const rows = await fetchRows(source);
  const table: Record<string, Record<string, number>> = {};
  for (const row of rows) {
    const line = (table[row.customer] ??= {});
    line[row.status] = (line[row.status] ?? 0) + row.total;
  }
  await upsert("pivot", Object.entries(table));
  return table;
});

export const tagCloud = flow(async ({ source }: { source: string }) => {
  const tags = (await fetchRows(source)).flatMap((row) => row.tags);
  const counts = tags.reduce((map, tag) => map.set(tag, (map.get(tag) ?? 0) + 1), new Map<string, number>());
  return [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).map(([tag, n]) => `${tag}×${n}`);
});

export const configMerge = flow(
  async ({ name, flags }: { name: string; flags?: Record<string, boolean> }) => {
    const base = await readConfig("base");
    const own = await readConfig(name);
    const features = {
      ...(base["features"] as object),
      ...(own["features"] as object | undefined),
      ...flags,
    };
    const config = { ...base, ...own, features };
    const { retries, ...rest } = config as { retries?: number };
    return { retries: retries ?? 1, keys: Object.keys(rest).sort(), config };
  },
);

export const featureFlags = flow(async ({ name }: { name: string }) => {
  const config = await readConfig(name);
  const features = config["features"] as Record<string, boolean> | undefined;
  const enabled = [];
  for (const key in features) {
    if (features[key]) enabled.push(key);
  }
  if (features && "beta" in features) await notifySlack(`beta: ${features["beta"]}`);
  return enabled;
});

export const deepDefaults = flow(async ({ name }: { name: string }) => {
  const {
    region = "local",
    features: { beta = false, dark = true } = {},
    ...others
  } = (await readConfig(name)) as {
    region?: string;
    features?: { beta?: boolean; dark?: boolean };
  };
  return { region, beta, dark, others };
});

export const trend = flow(async ({ sources }: { sources: string[] }) => {
  const points: number[] = [];
  let previous: number | null = null;
  const arrows: string[] = [];
  for await (const rows of sources.map((s) => fetchRows(s))) {
    const value = rows.length;
    points.push(value);
    arrows.push(previous === null ? "·" : value > previous ? "↑" : value < previous ? "↓" : "→");
    previous = value;
  }
  return arrows.join("") + points.join();
});

export const weekly = flow(async ({ day }: { day: string }) => {
  const date = new Date(`${day}T00:00:00Z`);
  const weekday = (date.getUTCDay() + 6) % 7;
  const monday = new Date(date);
  monday.setUTCDate(date.getUTCDate() - weekday);
  const days: string[] = [];
  for (let i = 0; i < 7; i++) {
    const d = new Date(monday.getTime() + i * 86_400_000);
    days.push(d.toISOString().slice(0, 10));
  }
  const counts = await Promise.all(days.map(async (d) => ({ d, n: (await fetchRows("abc", d)).length })));
  return counts.filter(({ n }) => n > 0);
});

export const crawl = flow(async ({ urls, depth }: { urls: string[]; depth: number }) => {
  const visited = new Set<string>();
  let frontier = urls;
  for (let level = 0; level < depth; level++) {
    const fresh = frontier.filter((u) => !visited.has(u));
    if (fresh.length === 0) break;
    const pages = await Promise.all(fresh.map(async (url) => await flakyFetch(url)));
    for (const { url } of pages) visited.add(url);
    frontier = pages.filter((p) => p.bytes > 50).map((p) => p.url.slice(0, -1));
  }
  return [...visited].sort();
});

export const sentiment = flow(async ({ texts }: { texts: string[] }) => {
  const cleaned = texts
    .map((t) =>
      t
        .trim()
        .toLowerCase()
        .replace(/[^a-z\s]/g, ""),
    )
    .filter(Boolean);
  const scores = await score.map(cleaned, { concurrency: 2 });
  const labelled = cleaned.map((text, i) => ({
    text,
    label: scores[i]! > 3 ? "good" : scores[i]! > 1 ? "neutral" : "bad",
  }));
  const worst = labelled.find(({ label }) => label === "bad");
  if (worst) await notifySlack(`worst: ${worst.text}`);
  return labelled;
});

export const matrixGrid = flow(async ({ xs, ys }: { xs: number[]; ys: string[] }) => {
  const grid = await Promise.all(
    xs.map(async (x) => Promise.all(ys.map(async (y) => (await score(y.repeat(x))) + x))),
  );
  let best = { x: -1, y: "", value: Number.NEGATIVE_INFINITY };
  grid.forEach((row, i) => {
    row.forEach((value, j) => {
      if (value > best.value) best = { x: xs[i]!, y: ys[j]!, value };
    });
  });
  return best;
});

export const wordCount = flow(async ({ paths }: { paths: string[] }) => {
  const totals: Record<string, number> = Object.create(null);
  for (const path of paths) {
    const words = (await readText(path)).toLowerCase().match(/[a-z]+/g) ?? [];
    for (const word of words) totals[word] = (totals[word] ?? 0) + 1;
  }
  return Object.entries(totals)
    .sort(([a, x], [b, y]) => y - x || a.localeCompare(b))
    .slice(0, 3);
});

export const mapReduce = flow(async ({ chunks }: { chunks: string[][] }) => {
  const partial = await Promise.all(
    chunks.map(async (texts) => {
      let sum = 0;
      for (const text of texts) sum += await score(text);
      return { sum, n: texts.length };
    }),
  );
  const { sum, n } = partial.reduce((a, b) => ({ sum: a.sum + b.sum, n: a.n + b.n }), { sum: 0, n: 0 });
  return n ? sum / n : 0;
});

export const pipelineOfSteps = flow(async ({ value, steps }: { value: number; steps: string[] }) => {
  let current = value;
  for (const step of steps) {
    if (step === "double") current *= 2;
    else if (step === "inc") current++;
    else if (step === "score") current += await score(String(current));
    else throw new Error(`unknown step "${step}"`);
  }
  return current;
});

export const sampleRows = flow(async ({ every }: { every: number }) => {
  const sample: Row[] = [];
  let i = 0;
  outer: for (const cursor of ["0", "3", "6"]) {
    const { rows } = await fetchPage(cursor);
    for (const row of rows) {
      if (row.status === "refunded") continue outer;
      if (i++ % every === 0) sample.push(row);
      if (sample.length === 3) break outer;
    }
  }
  return sample.map(({ id }) => id);
});

export const heartbeat = flow(async ({ times }: { times: number }) => {
  const beats: number[] = [];
  for (let i = 0, wait = 1; i < times; i++, wait *= 2) {
    await sleep({ seconds: wait });
    beats.push(wait * 1000);
  }
  return beats;
});

export const currencyReport = flow(async ({ amounts }: { amounts: number[] }) => {
  const format = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });
  const lines = amounts.map((a) => format.format(a));
  await sendEmail("cfo@example.com", "Amounts", lines.join("\n"));
  return lines;
});

export const localeNumbers = flow(async ({ amounts }: { amounts: number[] }) => {
  const total = amounts.reduce((a, b) => a + b, 0);
  await notifySlack(`Total: ${total.toLocaleString("en-US")}`);
  return total.toLocaleString("de-DE", { minimumFractionDigits: 2 });
});

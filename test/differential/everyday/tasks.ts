/** Tasks as users write them: they say what they were called with, and answer alike in both ways of running. */
import { backoff, task, taskContext } from "runlet";

interface Recorder {
  call(task: string, args: unknown, attempt: number): Promise<void>;
  count(task: string): number;
}
const recorder = (): Recorder =>
  (globalThis as unknown as { runletDifferential: Recorder }).runletDifferential;
const record = (name: string, ...args: unknown[]): Promise<void> =>
  recorder().call(name, args, taskContext().attempt);

export interface Row {
  id: number;
  status: string;
  total: number;
  customer: string;
  tags: string[];
  updatedAt: string;
}
export interface Page {
  rows: Row[];
  next: string | null;
  hasMore: boolean;
}

const STATUSES = ["paid", "open", "refunded", "paid"];
const rowOf = (id: number): Row => ({
  id,
  status: STATUSES[id % STATUSES.length] ?? "open",
  total: ((id * 37) % 100) - 5,
  customer: `c${id % 5}`,
  tags: id % 3 === 0 ? [] : [`t${id % 2}`, `t${id % 3}`],
  updatedAt: new Date(Date.UTC(2024, 0, 1 + (id % 28))).toISOString(),
});

export const fetchPage = task(async (cursor: string | null, size: number = 3): Promise<Page> => {
  await record("fetchPage", cursor, size);
  const from = cursor === null ? 0 : Number(cursor);
  const rows = Array.from({ length: Math.max(0, Math.min(size, 10 - from)) }, (_, i) => rowOf(from + i));
  const next = from + size < 10 ? String(from + size) : null;
  return { rows, next, hasMore: next !== null };
});
export const fetchRows = task(async (source: string, since?: string | null): Promise<Row[]> => {
  await record("fetchRows", source, since ?? null);
  if (source === "down") throw new Error("source down is unavailable");
  if (source === "empty") return [];
  const all = Array.from({ length: 7 }, (_, i) => rowOf(i * source.length));
  return since ? all.filter((row) => row.updatedAt > since) : all;
});
export const upsert = task(async (table: string, rows: unknown[]): Promise<number> => {
  await record("upsert", table, rows);
  return rows.length;
});
export const getUser = task(
  async (id: string): Promise<{ id: string; email: string | null; plan: string }> => {
    await record("getUser", id);
    if (id === "missing") throw Object.assign(new Error(`no user ${id}`), { name: "NotFound" });
    return {
      id,
      email: id.endsWith("0") ? null : `${id}@example.com`,
      plan: id.endsWith("1") ? "pro" : "free",
    };
  },
);
export const sendEmail = task(async (to: string, subject: string, body = ""): Promise<{ sent: boolean }> => {
  await record("sendEmail", to, subject, body);
  return { sent: true };
});
export const notifySlack = task(async (text: string): Promise<void> => {
  await record("notifySlack", text);
});
export const unreliable = task(async (key: string, failures: number): Promise<string> => {
  await record("unreliable", key, failures);
  if (recorder().count("unreliable") < failures) throw new RangeError(`${key} is not ready`);
  return `${key}:ok`;
});
export const jobStatus = task(
  async (job: string, done: number): Promise<{ state: string; progress: number }> => {
    await record("jobStatus", job, done);
    const asked = recorder().count("jobStatus");
    if (job === "bad" && asked === 1) return { state: "failed", progress: 10 };
    return { state: asked >= done ? "done" : "running", progress: Math.min(100, asked * 25) };
  },
);
export const startJob = task(async (spec: unknown): Promise<string> => {
  await record("startJob", spec);
  return "job-1";
});
export const reserve = task(async (what: string, quantity: number): Promise<{ id: string }> => {
  await record("reserve", what, quantity);
  if (quantity > 5) throw Object.assign(new Error(`only 5 of ${what}`), { name: "OutOfStock" });
  return { id: `${what}-${quantity}` };
});
export const cancelReservation = task(async (id: string): Promise<void> => {
  await record("cancelReservation", id);
});
export const charge = task(
  async (customer: string, cents: number): Promise<{ id: string; cents: number }> => {
    await record("charge", customer, cents);
    if (cents > 10_000) throw Object.assign(new Error("card declined"), { name: "CardDeclined" });
    return { id: `ch-${cents}`, cents };
  },
);
export const refund = task(async (id: string): Promise<void> => {
  await record("refund", id);
});
export const readConfig = task(async (name: string): Promise<Record<string, unknown>> => {
  await record("readConfig", name);
  if (name === "base")
    return { retries: 3, region: "eu", features: { beta: false, export: true }, tags: ["a"] };
  if (name === "override") return { region: "us", features: { beta: true } };
  return {};
});
export const readText = task(async (path: string): Promise<string> => {
  await record("readText", path);
  if (path.endsWith(".csv")) return 'id,name,amount\n1,Ann,10.5\n2,Bob,\n\n3,"Cy",7';
  if (path.endsWith(".json")) return '{"items":[{"sku":"a","qty":2},{"sku":"b","qty":0}]}';
  if (path.endsWith(".log")) return "INFO start\nERROR disk full\nWARN slow\nERROR net down";
  return "";
});
export const score = task(async (text: string): Promise<number> => {
  await record("score", text);
  return text.length % 7;
});
export const flakyFetch = task(
  { retries: 2, retryDelay: backoff({ seconds: 1 }) },
  async (url: string): Promise<{ url: string; bytes: number }> => {
    await record("flakyFetch", url);
    if (url.includes("bad")) throw new TypeError(`cannot read ${url}`);
    return { url, bytes: url.length * 10 };
  },
);

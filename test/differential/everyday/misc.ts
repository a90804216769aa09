import { createHash } from "node:crypto";
import { flow } from "runlet";
import {
  charge,
  fetchPage,
  fetchRows,
  flakyFetch,
  getUser,
  notifySlack,
  readText,
  reserve,
  score,
  sendEmail,
  unreliable,
  upsert,
} from "./tasks.ts";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 12);

export const idempotentLoad = flow(async ({ source }: { source: string }) => {
  const rows = await fetchRows(source);
  const keyed = rows.map((row) => ({ key: sha256(JSON.stringify([row.id, row.status])), id: row.id }));
  return await upsert("keyed", keyed);
});

export const signedUrl = flow(async ({ path, user }: { path: string; user: string }) => {
  const url = new URL(path, "https://files.example.com");
  url.searchParams.set("user", user);
  const page = await flakyFetch(url.toString());
  return { host: url.hostname, bytes: page.bytes };
});

export const basicAuth = flow(async ({ user, password }: { user: string; password: string }) => {
  const token = Buffer.from(`${user}:${password}`).toString("base64");
  return (await flakyFetch(`https://x.org/?auth=${token}`)).url;
});

export const sizeCheck = flow(async ({ text, max }: { text: string; max: number }) => {
  const bytes = new TextEncoder().encode(text).length;
  if (bytes > max) throw new RangeError(`${bytes} bytes are more than ${max}`);
  return await score(text);
});

export const immediately = flow(async ({ a }: { a: number }) => {
  const kind = (() => {
    if (a > 10) return "big";
    if (a > 5) return "middle";
    return "small";
  })();
  const result = await (async () => {
    const first = await score(kind);
    if (first > 4) return first;
    return (await score(kind + kind)) * 2;
  })();
  return { kind, result };
});

export const optionalChain = flow(
  async (input: { user?: { id: string; boss?: string } | null; key: string }) => {
    const boss = input.user?.boss && (await getUser(input.user.boss));
    const name = (await getUser(input.user?.id ?? "nobody"))?.email?.split("@")[0] ?? "anonymous";
    const tag = input.user?.id.concat(String(await score(input.key)));
    return { boss: boss || null, name, tag: tag ?? null };
  },
);

export const lazyDefaults = flow(
  async (input: { limit?: number; label?: string; cache?: Record<string, number> }) => {
    let { limit } = input;
    limit ??= await score("limit");
    let label = input.label ?? "";
    label ||= `l${await score("label")}`;
    const cache = { ...input.cache };
    cache["x"] ??= await score("cache");
    cache["n"] = (cache["n"] ?? 0) + (await score("n"));
    return { limit, label, cache };
  },
);

export const defaultParameters = flow(async ({ names }: { names: string[] }) => {
  const greet = async (name: string, greeting = "Hello", times: number = 1) => {
    for (let i = 0; i < times; i++) await sendEmail(name, `${greeting} ${name}`);
    return times;
  };
  let sent = 0;
  for (const name of names) sent += await greet(name);
  sent += await greet("all", "Bye", 2);
  sent += await greet("me", undefined, names.length);
  return sent;
});

export const localFunctions = flow(async ({ ids }: { ids: string[] }) => {
  const stats = { ok: 0, failed: 0 };
  const problems: string[] = [];

  async function handle(id: string): Promise<boolean> {
    try {
      const user = await getUser(id);
      if (user.email === null) {
        problems.push(`${id}: no email`);
        return false;
      }
      await sendEmail(user.email, "hi");
      return true;
    } catch (error) {
      problems.push((error as Error).message);
      return false;
    }
  }

  for (const id of ids) {
    if (await handle(id)) stats.ok++;
    else stats.failed++;
  }
  return { stats, problems };
});

export const switchOnAwait = flow(async ({ kind, n }: { kind: string; n: number }) => {
  switch (kind) {
    case "page": {
      const { rows } = await fetchPage(String(n));
      return rows.length;
    }
    case "rows":
    case "list":
      return (await fetchRows("abc")).length;
    // @ts-expect-error it falls through
    case "score":
      await notifySlack("scoring");
    default:
      return await score(kind);
  }
});

export const doWhileAwait = flow(async ({ limit }: { limit: number }) => {
  let n = 0;
  do {
    n++;
  } while ((await score("x".repeat(n))) < limit && n < 20);
  return n;
});

export const fanOutFanIn = flow(async ({ user }: { user: string }) => {
  const [profile, orders, { rows }] = await Promise.all([getUser(user), fetchRows(user), fetchPage(null)]);
  const overlap = orders.filter((o) => rows.some((r) => r.id === o.id));
  return { email: profile.email, overlap: overlap.length };
});

export const futures = flow(async ({ a, b }: { a: string; b: string }) => {
  const left = fetchRows(a);
  const right = fetchRows(b);
  const [l, r] = [await left, await right];
  return l.length + r.length;
});

export const conditionalTask = flow(async ({ dryRun, rows }: { dryRun?: boolean; rows: number[] }) => {
  const written = dryRun ? 0 : await upsert("t", rows);
  dryRun && console.log("dry run");
  !dryRun && (await notifySlack(`wrote ${written}`));
  return written;
});

export const timestamps = flow(async ({ source }: { source: string }) => {
  const rows = await fetchRows(source);
  const dates = rows.map((r) => new Date(r.updatedAt));
  const latest = new Date(Math.max(...dates.map((d) => d.getTime()), 0));
  const days = dates.map((d) => Math.round((latest.getTime() - d.getTime()) / 86_400_000));
  await upsert("days", days);
  return { latest: latest.toISOString(), year: latest.getUTCFullYear(), days };
});

export const groupedWrite = flow(async ({ source }: { source: string }) => {
  const rows = await fetchRows(source);
  const groups: Record<string, { ids: number[]; total: number }> = {};
  for (const row of rows) {
    const group = groups[row.status] ?? (groups[row.status] = { ids: [], total: 0 });
    group.ids.push(row.id);
    group.total += row.total;
  }
  for (const status of Object.keys(groups).sort()) {
    await upsert(status, groups[status]!.ids);
  }
  return groups;
});

export const tree = flow(
  async ({
    root,
  }: {
    root: { name: string; children?: { name: string; children?: { name: string }[] }[] };
  }) => {
    const names: string[] = [];
    const stack: { name: string; children?: { name: string }[] }[] = [root];
    while (stack.length) {
      const node = stack.pop()!;
      names.push(node.name);
      for (const child of node.children ?? []) stack.push(child);
      await score(node.name);
    }
    return names;
  },
);

export const keepLatest = flow(async ({ sources }: { sources: string[] }) => {
  const latest: Record<string, { id: number; updatedAt: string }> = {};
  for (const source of sources) {
    for (const { id, customer, updatedAt } of await fetchRows(source)) {
      const known = latest[customer];
      if (!known || known.updatedAt < updatedAt) latest[customer] = { id, updatedAt };
    }
  }
  await upsert("latest", Object.values(latest));
  return latest;
});

export const parseLog = flow(async ({ path }: { path: string }) => {
  const text = await readText(path);
  const entries = [...text.matchAll(/^(ERROR|WARN) (.*)$/gm)].map(([, level, message]) => ({
    level,
    message,
  }));
  for (const { level, message } of entries) {
    if (level === "ERROR") await notifySlack(`${message}`);
  }
  return entries;
});

export const returnInFinally = flow(async ({ quantity }: { quantity: number }) => {
  let stage = "none";
  for (let i = 0; i < 3; i++) {
    try {
      if (i === 1) continue;
      await reserve("x", quantity + i);
      stage = `reserved ${i}`;
    } catch (error) {
      stage = (error as Error).name;
      break;
    } finally {
      await score(stage);
    }
  }
  return stage;
});

export const batchWithProgress = flow(async ({ keys }: { keys: string[] }) => {
  const progress = { done: 0, total: keys.length, errors: [] as string[] };
  const report = async () => {
    const percent = Math.floor((progress.done / (progress.total || 1)) * 100);
    await notifySlack(`${percent}% (${progress.errors.length} errors)`);
  };
  for (const key of keys) {
    try {
      await unreliable(key, 1);
    } catch (e) {
      progress.errors.push(String(e));
    }
    progress.done += 1;
    await report();
  }
  return progress;
});

export const payments = flow(async ({ amounts }: { amounts: number[] }) => {
  let failed = 0;
  const receipts = await Promise.all(
    amounts.map(async (cents, i) => {
      try {
        const { id } = await charge(`c${i}`, cents);
        return { id, ok: true };
      } catch (error) {
        return { id: null, ok: false, reason: (error as Error).message };
      }
    }),
  );
  for (const { ok } of receipts) if (!ok) failed += 1;
  return { receipts, failed };
});

import { approval, flow, sleep } from "runlet";
import { withFallback, withRetry } from "./helpers.ts";
import {
  cancelReservation,
  charge,
  fetchRows,
  flakyFetch,
  getUser,
  jobStatus,
  notifySlack,
  refund,
  reserve,
  sendEmail,
  startJob,
  unreliable,
  upsert,
} from "./tasks.ts";

export const retryByHand = flow(async ({ failures }: { failures: number }) => {
  const max = 4;
  let attempt = 0;
  while (true) {
    try {
      return await unreliable("feed", failures);
    } catch (error) {
      attempt++;
      console.warn(`attempt ${attempt} failed: ${(error as Error).message}`);
      if (attempt >= max) throw error;
      await sleep({ seconds: 2 ** attempt });
    }
  }
});

export const retryFor = flow(async ({ failures }: { failures: number }) => {
  let lastError: Error | undefined;
  for (let attempt = 1; attempt <= 3; attempt++) {
    try {
      const value = await unreliable("api", failures);
      return { value, attempt };
    } catch (err) {
      lastError = err as Error;
      if (attempt < 3) await sleep({ seconds: attempt * 5 });
    }
  }
  throw new Error(`gave up: ${lastError?.message}`);
});

export const retryHelper = flow(async ({ failures, times }: { failures: number; times: number }) => {
  const value = await withRetry(() => unreliable("x", failures), times);
  const rows = await withRetry(async () => {
    const found = await fetchRows("ab");
    if (found.length === 0) throw new Error("no rows");
    return found.length;
  }, 2);
  return { value, rows };
});

export const fallback = flow(async ({ first, second }: { first: string; second: string }) => {
  return await withFallback(
    () => fetchRows(first),
    () => fetchRows(second),
  );
});

export const poll = flow(async ({ job, done }: { job: string; done: number }) => {
  const id = await startJob({ job });
  for (let i = 0; i < 10; i++) {
    const status = await jobStatus(job, done);
    if (status.state === "done") return { id, polls: i + 1 };
    if (status.state === "failed") throw new Error(`${id} failed at ${status.progress}%`);
    await sleep({ seconds: 30 });
  }
  throw new Error("timed out");
});

export const pollWithDeadline = flow(async ({ done }: { done: number }) => {
  const job = await startJob("nightly");
  const deadline = Date.now() + 5 * 60_000;
  let status = await jobStatus(job, done);
  while (status.state !== "done" && Date.now() < deadline) {
    await sleep({ minutes: 1 });
    status = await jobStatus(job, done);
  }
  return status.state === "done" ? "finished" : `late at ${status.progress}`;
});

export const notifyOnFailure = flow(async ({ source }: { source: string }) => {
  const started = Date.now();
  try {
    const rows = await fetchRows(source);
    await upsert("t", rows);
    return rows.length;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    await notifySlack(`:red_circle: sync of ${source} failed: ${message}`);
    throw error;
  } finally {
    const took = Date.now() - started;
    console.log("timed", took >= 0);
  }
});

export const cleanUp = flow(async ({ what, quantity }: { what: string; quantity: number }) => {
  const lock = await reserve("lock", 1);
  let ok = false;
  try {
    await reserve(what, quantity);
    ok = true;
  } finally {
    await cancelReservation(lock.id);
    await notifySlack(ok ? "ok" : "failed");
  }
  return ok;
});

export const saga = flow(
  async ({
    customer,
    items,
    cents,
  }: {
    customer: string;
    items: { sku: string; quantity: number }[];
    cents: number;
  }) => {
    const undo: { kind: "reservation" | "charge"; id: string }[] = [];
    try {
      for (const { sku, quantity } of items) {
        const { id } = await reserve(sku, quantity);
        undo.push({ kind: "reservation", id });
      }
      const payment = await charge(customer, cents);
      undo.push({ kind: "charge", id: payment.id });
      await sendEmail(customer, "Your order");
      return { ok: true as const, payment };
    } catch (error) {
      console.error("rolling back", undo.length, "steps:", (error as Error).message);
      for (const step of undo.reverse()) {
        if (step.kind === "charge") await refund(step.id);
        else await cancelReservation(step.id);
      }
      return { ok: false as const, reason: (error as Error).name };
    }
  },
);

export const sagaWithFunctions = flow(async ({ quantity, cents }: { quantity: number; cents: number }) => {
  const done: string[] = [];
  const compensate = async () => {
    while (done.length > 0) {
      const id = done.pop();
      if (id) await cancelReservation(id);
    }
  };
  try {
    done.push((await reserve("hotel", 1)).id);
    done.push((await reserve("car", quantity)).id);
    await charge("c", cents);
    return "booked";
  } catch (e) {
    await compensate();
    return `failed: ${(e as Error).message}`;
  }
});

export const partialFailure = flow(async ({ urls }: { urls: string[] }) => {
  const settled = await Promise.allSettled(urls.map((url) => flakyFetch(url)));
  const ok = settled.filter((r) => r.status === "fulfilled").length;
  const errors = settled.flatMap((r) => (r.status === "rejected" ? [(r.reason as Error).message] : []));
  if (errors.length > 0) await notifySlack(errors.join(", "));
  if (ok === 0) throw new AggregateFailure(errors.length);
  return { ok, failed: errors.length };
});

class AggregateFailure extends Error {
  constructor(count: number) {
    super(`all ${count} failed`);
    this.name = "AggregateFailure";
  }
}

export const continueOnError = flow(async ({ ids }: { ids: string[] }) => {
  const errors: { id: string; message: string }[] = [];
  const users = [];
  for (const id of ids) {
    try {
      users.push(await getUser(id));
    } catch (e: any) {
      if (e.name !== "NotFound") throw e;
      errors.push({ id, message: e.message });
    }
  }
  return { users: users.map((u) => u.email ?? "-"), errors };
});

export const circuitBreaker = flow(async ({ sources }: { sources: string[] }) => {
  let failures = 0;
  const results: Record<string, number | string> = {};
  for (const source of sources) {
    if (failures >= 2) {
      results[source] = "skipped";
      continue;
    }
    try {
      results[source] = (await fetchRows(source)).length;
      failures = 0;
    } catch {
      failures++;
      results[source] = "error";
    }
  }
  return results;
});

export const firstThatWorks = flow(async ({ sources }: { sources: string[] }) => {
  for (const source of sources) {
    try {
      const rows = await fetchRows(source);
      if (rows.length > 0) return { source, count: rows.length };
    } catch (error) {
      console.log("skip", source, error instanceof Error && error.message);
    }
  }
  return null;
});

export const approvalGate = flow(async ({ cents, answers }: { cents: number; answers: unknown[] }) => {
  if (cents < 1000) return charge("small", cents);
  const decision = await approval(`Charge ${(cents / 100).toFixed(2)}?`, { show: { answers } });
  if (!decision.approved) {
    await notifySlack(`rejected by ${decision.by ?? "somebody"}`);
    return { id: null, cents: 0 };
  }
  return await charge("large", cents);
});

export const multiTenant = flow(
  async ({ tenants }: { tenants: { name: string; sources: string[]; enabled?: boolean }[] }) => {
    const report: { tenant: string; rows: number; failed: string[] }[] = [];
    for (const { name, sources, enabled = true } of tenants) {
      if (!enabled) continue;
      const entry = { tenant: name, rows: 0, failed: [] as string[] };
      for (const source of sources) {
        try {
          const rows = await fetchRows(source);
          entry.rows += await upsert(`${name}.${source}`, rows);
        } catch {
          entry.failed.push(source);
        }
      }
      report.push(entry);
    }
    const failed = report.filter((r) => r.failed.length > 0);
    if (failed.length) await notifySlack(failed.map((f) => `${f.tenant}: ${f.failed.join(", ")}`).join("; "));
    return report;
  },
);

export const errorsByKind = flow(async ({ steps }: { steps: { what: string; quantity: number }[] }) => {
  const outcome: string[] = [];
  for (const { what, quantity } of steps) {
    try {
      if (quantity < 0) throw new RangeError(`bad quantity ${quantity}`);
      const { id } = await reserve(what, quantity);
      outcome.push(id);
    } catch (error) {
      switch ((error as Error).name) {
        case "OutOfStock":
          outcome.push("out");
          break;
        case "RangeError":
          outcome.push((error as Error).message);
          break;
        default:
          throw error;
      }
    }
  }
  return outcome;
});

export const nestedTry = flow(async ({ source }: { source: string }) => {
  let stage = "start";
  try {
    stage = "fetch";
    const rows = await fetchRows(source);
    stage = "write";
    try {
      await upsert(source, rows.slice(0, 2));
      if (rows.length === 0) throw new Error("nothing to write");
    } catch (inner) {
      stage = "inner";
      throw new Error(`write failed: ${(inner as Error).message}`, { cause: inner });
    }
    stage = "end";
  } catch (error) {
    await notifySlack(`${stage}: ${(error as Error).message}`);
  }
  return stage;
});

export const rateLimited = flow(async ({ ids }: { ids: string[] }) => {
  const emails: (string | null)[] = [];
  for (let i = 0; i < ids.length; i++) {
    if (i > 0 && i % 2 === 0) await sleep({ seconds: 1 });
    const { email } = await getUser(ids[i]!);
    emails.push(email);
  }
  return emails;
});

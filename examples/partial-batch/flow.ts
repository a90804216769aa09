import { flow, task } from "runlet";
import * as z from "zod";

interface Row {
  id: number;
  amount: string;
}

export const importRow = task(async (row: Row) => {
  const amount = Number(row.amount);
  if (!Number.isFinite(amount)) throw new TypeError(`Row ${row.id}: "${row.amount}" is no amount.`);
  return { id: row.id, cents: Math.round(amount * 100) };
});

export const report = task(async (lines: string[]) => lines.join("\n"));

/** Some rows of a batch may be bad: the good ones are kept, and what was wrong with the others is told. */
export const partialBatch = flow(
  { input: z.object({ rows: z.array(z.object({ id: z.number(), amount: z.string() })) }) },
  async ({ rows }) => {
    const settled = await Promise.allSettled(rows.map((row) => importRow(row)));
    const imported = settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    const lost = settled.flatMap((one) => (one.status === "rejected" ? [`${one.reason.message}`] : []));
    if (lost.length === 0) return { imported, lost };
    const text = await report(lost);
    return { imported, lost: text.split("\n") };
  },
);

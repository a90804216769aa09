import { flow, s3, task } from "runlet";
import * as z from "zod";

interface Imported {
  id: string;
  country: string;
  cents: number;
}

/** A row of a CSV file is an object of texts. */
export const importOrder = task({ retries: 2 }, async (row: Record<string, string>): Promise<Imported> => {
  const { id = "", country = "", amount = "" } = row;
  if (!/^\d+\.\d{2}$/.test(amount)) throw new TypeError(`Order ${id}: "${amount}" is no amount.`);
  return { id, country, cents: Number(amount.replace(".", "")) };
});

/**
 * The orders of a day, which another system has put into a bucket as a CSV file: Step Functions reads the file itself,
 * any number of rows, and calls the task for each. On one machine the file lies below `.runlet/objects`:
 *
 *     mkdir -p .runlet/objects/shop-exports/2026-03-01
 *     cp examples/csv-import/orders.csv .runlet/objects/shop-exports/2026-03-01/
 *     runlet run examples/csv-import/flow.ts --input '{"day":"2026-03-01"}'
 */
export const csvImport = flow({ input: z.object({ day: z.iso.date() }) }, async ({ day }) => {
  const rows = await importOrder.map(s3(`shop-exports/${day}/orders.csv`), {
    concurrency: 200,
    toleratedFailures: "20%",
  });
  const imported = rows.filter((row) => row !== null);
  const countries = [...new Set(imported.map((row) => row.country))];
  return {
    imported: imported.length,
    lost: rows.length - imported.length,
    cents: Object.fromEntries(
      countries.map((country) => [
        country,
        imported.reduce((sum, row) => (row.country === country ? sum + row.cents : sum), 0),
      ]),
    ),
  };
});

import { flow, task } from "runlet";
import * as z from "zod";

/** Sends part of an order line from a warehouse; farther ones cost more. */
export const ship = task(
  async (order: string, site: string, sku: string, quantity: number, distance: number) => ({
    order,
    site,
    sku,
    quantity,
    cost: Math.round(100 * (2.5 + 0.01 * distance + 0.4 * quantity)) / 100,
  }),
);

const input = z.object({
  orders: z.array(
    z.object({
      id: z.string(),
      /** Kilometres to each warehouse. */
      distances: z.record(z.string(), z.number()),
      lines: z.array(z.object({ sku: z.string(), quantity: z.number().int().min(0) })),
    }),
  ),
  /** Pieces in stock by `site/sku`. */
  stock: z.record(z.string(), z.number().int().min(0)),
});

/** Goes through orders, their lines, and the warehouses from the nearest on, until a line is complete or stock is out. */
export const routeOrders = flow({ input }, async ({ orders, stock }) => {
  let left = stock;
  let parcels: { order: string; site: string; sku: string; quantity: number; cost: number }[] = [];
  let missing: { order: string; sku: string; quantity: number }[] = [];
  for (const { id, distances, lines } of orders) {
    const sites = Object.entries(distances).toSorted(([, a], [, b]) => a - b);
    for (const { sku, quantity } of lines) {
      let open = quantity;
      for (const [site, distance] of sites) {
        if (open === 0) break;
        const free = left[`${site}/${sku}`] ?? 0;
        if (free === 0) continue;
        const taken = Math.min(free, open);
        const parcel = await ship(id, site, sku, taken, distance);
        parcels = [...parcels, parcel];
        left = { ...left, [`${site}/${sku}`]: free - taken };
        open -= taken;
      }
      if (open > 0) missing = [...missing, { order: id, sku, quantity: open }];
    }
  }
  const cost = parcels.reduce((sum, parcel) => sum + parcel.cost, 0);
  return { parcels, missing, left, cost: Math.round(cost * 100) / 100 };
});

import { flow, task } from "runlet";
import * as z from "zod";

/** A trip of three bookings. Each booking can be undone; the last one says no where the budget is too small. */
export const book = task(async (what: string, price: number, left: number) => {
  if (price > left) throw new RangeError(`${what} costs ${price}, ${left} left`);
  return { what, price, reference: `${what}-${price}` };
});
export const cancel = task(async (reference: string) => `${reference} cancelled`);

const input = z.object({ budget: z.number(), prices: z.record(z.string(), z.number()) });

/** Books one after the other; where one fails, what was booked is cancelled, last first, and the flow says why. */
export const bookTrip = flow({ input }, async ({ budget, prices }) => {
  let left = budget;
  let booked: { what: string; price: number; reference: string }[] = [];
  for (const [what, price] of Object.entries(prices)) {
    try {
      const booking = await book(what, price, left);
      booked = [...booked, booking];
      left = left - booking.price;
    } catch (error) {
      let undone: string[] = [];
      for (const booking of booked.toReversed()) {
        const line = await cancel(booking.reference);
        undone = [...undone, line];
      }
      return { booked: [], undone, reason: (error as Error).message };
    }
  }
  return { booked, undone: [], left };
});

import { flow, task } from "runlet";
import * as z from "zod";

/** What the carrier charges: a price for each zone, and what each kilogram adds. */
export const loadTariff = task(async () => ({
  zones: [
    { zone: "national", base: 3.9, perKilogram: 0.55 },
    { zone: "union", base: 8.4, perKilogram: 1.15 },
    { zone: "world", base: 14.9, perKilogram: 3.2 },
  ],
  longest: 120,
}));

export const publish = task(async (sheet: string) => ({
  lines: sheet.split("\n").length,
  characters: sheet.length,
}));

const input = z.object({
  /** Upper ends of the weight classes, in kilograms. */
  weights: z.array(z.number().positive()).min(1),
  /** Surcharge for fuel in percent. */
  fuel: z.number().min(0),
  customer: z.enum(["standard", "contract", "partner"]),
  /** Length in centimetres. */
  length: z.number().default(60),
});

/** Computes a customer's rate sheet in the flow itself: discounts, surcharges, rounding to 5 cents, one line a zone. */
export const rateSheet = flow({ input }, async ({ weights, fuel, customer, length }) => {
  const { zones, longest } = await loadTariff();
  let discount = 0;
  switch (customer) {
    case "contract":
      discount = 0.1;
      break;
    case "partner":
      discount = 0.15;
      break;
    default:
      discount = 0;
  }
  const bulky = length > longest ? 12.5 : 0;
  const rates = zones.map(({ zone, base, perKilogram }) => ({
    zone,
    prices: weights.map((weight) => {
      const net = (base + perKilogram * weight) * (1 - discount) * (1 + fuel / 100) + bulky;
      return Math.round(net * 20) / 20;
    }),
  }));
  const dearest = Math.max(...rates.flatMap(({ prices }) => prices));
  const sheet = rates
    .map(
      ({ zone, prices }) =>
        `${zone.padEnd(10)}${prices.map((price) => price.toFixed(2).padStart(9)).join("")}`,
    )
    .join("\n");
  const published = await publish(sheet);
  return { discount, rates, dearest, sheet, published };
});

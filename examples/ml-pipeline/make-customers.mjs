// Makes customers.csv: 600 customers of a shop, of whom some leave. The same each time: the generator has a fixed seed.
import { writeFileSync } from "node:fs";

let state = 20_261_123;
const random = () => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
};
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const whole = (value, least, most) => Math.round(Math.min(most, Math.max(least, value)));

const rows = Array.from({ length: 600 }, () => {
  const months = whole(24 + 14 * normal(), 1, 72);
  const orders = whole(months * (0.6 + 0.25 * normal()), 0, 90);
  const complaints = whole(1.2 + 1.3 * normal(), 0, 8);
  const days = whole(45 + 35 * normal(), 0, 200);
  // Long silence and complaints drive customers away, habit keeps them; the rest is chance.
  const drive = 0.09 * (days - 50) + 1.6 * (complaints - 1.5) - 0.12 * (orders - 14) + 0.9 * normal();
  return [months, orders, complaints, days, drive > 0 ? 1 : 0].join(",");
});
writeFileSync(
  new URL("./customers.csv", import.meta.url),
  `months,orders,complaints,days,left\n${rows.join("\n")}\n`,
);

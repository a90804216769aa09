// Writes orders.csv: 3,000 orders from a fixed seed, so that everybody has the same file.
import { writeFileSync } from "node:fs";

let state = 20260101;
const random = () => {
  // mulberry32
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
};

const products = [
  ["books", "durable", 12, 60],
  ["tools", "durable", 15, 240],
  ["games", "digital", 5, 70],
  ["music", "digital", 1, 20],
  ["cheese", "perishable", 4, 45],
  ["flowers", "perishable", 10, 90],
];
const countries = ["DE", "FR", "GB", "JP", "US"];
const rows = ["id,date,category,kind,quantity,price,country"];
for (let id = 1; id <= 3_000; id++) {
  const [category, kind, low, high] = products[Math.floor(random() * products.length)];
  const day = new Date(Date.UTC(2026, 0, 1 + Math.floor(random() * 90))).toISOString().slice(0, 10);
  const price = (low + random() * (high - low)).toFixed(2);
  rows.push(
    [id, day, category, kind, 1 + Math.floor(random() * 5), price, countries[Math.floor(random() * 5)]].join(
      ",",
    ),
  );
}
writeFileSync(new URL("./orders.csv", import.meta.url), `${rows.join("\n")}\n`);

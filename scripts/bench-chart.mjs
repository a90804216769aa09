// Draws docs/benchmarks.svg from what `node bench/engines.mjs --json FILE` wrote: how long each engine takes, as a
// multiple of Runlet's time in the same round.
//   node scripts/bench-chart.mjs FILE
import { readFileSync, writeFileSync } from "node:fs";

const { rows } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const workloads = [...new Set(rows.map(({ name }) => name))];
const COLOURS = {
  runlet: "#2563eb",
  restate: "#d97706",
  dbos: "#059669",
  "aws-durable": "#7c3aed",
  "aws-local-stepfunctions": "#9ca3af",
  prefect: "#dc2626",
};
const WIDTH = 760;
const LEFT = 150;
const BAR = 16;
const most = Math.max(...rows.map(({ ratio }) => ratio), 2);
const least = Math.min(...rows.map(({ ratio }) => ratio), 0.5);
// Logarithmic: twice as slow is as far from Runlet as twice as fast.
const x = (ratio) =>
  LEFT + ((Math.log(ratio) - Math.log(least)) / (Math.log(most) - Math.log(least))) * (WIDTH - LEFT - 90);
const parts = [];
let y = 40;
for (const name of workloads) {
  parts.push(`<text x="8" y="${y + 12}" font-weight="600">${name}</text>`);
  for (const row of rows.filter((other) => other.name === name)) {
    const [from, to] = [Math.min(x(1), x(row.ratio)), Math.max(x(1), x(row.ratio))];
    const millis = row.median >= 100 ? row.median.toFixed(0) : row.median.toFixed(1);
    parts.push(
      `<rect x="${from.toFixed(1)}" y="${y}" width="${Math.max(2, to - from).toFixed(1)}" height="${BAR - 4}" fill="${COLOURS[row.engine]}"/>`,
      `<text x="${(to + 6).toFixed(1)}" y="${y + 10}">${row.engine} ${millis} ms</text>`,
    );
    y += BAR;
  }
  y += 12;
}
const grid = [0.01, 0.1, 0.5, 1, 2, 5, 10, 50, 100]
  .filter((ratio) => ratio >= least && ratio <= most)
  .map(
    (ratio) =>
      `<line x1="${x(ratio).toFixed(1)}" x2="${x(ratio).toFixed(1)}" y1="24" y2="${y}" stroke="#d1d5db"/><text x="${x(ratio).toFixed(1)}" y="18" text-anchor="middle">${ratio}x</text>`,
  );
writeFileSync(
  "docs/benchmarks.svg",
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y + 10}" font-family="sans-serif" font-size="11" fill="#111827">
<title>How long each engine takes, as a multiple of Runlet's time</title>
<rect width="100%" height="100%" fill="#ffffff"/>
${grid.join("\n")}
${parts.join("\n")}
</svg>
`,
);

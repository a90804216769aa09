import { flow, task } from "runlet";
import * as z from "zod";

interface Fit {
  dataset: string;
  degree: number;
  error: number;
}

const DATASETS: Record<string, (x: number) => number> = {
  line: (x) => 2 * x + 1,
  bow: (x) => x * x - x,
};

/** Points of a curve at x = 0 to 9. */
export const readDataset = task(async (name: string) => {
  const curve = DATASETS[name];
  if (!curve) throw new RangeError(`There is no dataset "${name}".`);
  return Array.from({ length: 10 }, (_, x) => ({ x, y: curve(x) }));
});

/** Fits c·x^degree through the points, and says by how much it misses. */
export const train = task(
  async (dataset: string, points: { x: number; y: number }[], degree: number): Promise<Fit> => {
    const powers = points.map(({ x }) => x ** degree);
    const scale = powers.reduce((sum, p) => sum + p * p, 0);
    const c = points.reduce((sum, { y }, i) => sum + y * (powers[i] ?? 0), 0) / scale;
    const error = points.reduce((sum, { y }, i) => sum + Math.abs(y - c * (powers[i] ?? 0)), 0);
    return { dataset, degree, error: Math.round(error * 1_000) / 1_000 };
  },
);

/** Every dataset with every configuration, side by side; the best fit of each dataset. */
export const modelGrid = flow(
  { input: z.object({ datasets: z.array(z.string()), degrees: z.array(z.number().int()) }) },
  async ({ datasets, degrees }) => {
    const fits = await Promise.all(
      datasets.map(async (dataset) => {
        const points = await readDataset(dataset);
        return Promise.all(degrees.map(async (degree) => train(dataset, points, degree)));
      }),
    );
    return fits.map((tried) => tried.reduce((best, one) => (one.error < best.error ? one : best)));
  },
);

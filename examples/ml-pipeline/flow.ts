import { mkdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { flow, task } from "runlet";
import * as z from "zod";

/** What is known of a customer, scaled so that each column has mean 0 and deviation 1, and whether the customer left. */
interface Example {
  values: number[];
  left: number;
}

interface Features {
  columns: string[];
  means: number[];
  deviations: number[];
  training: Example[];
  test: Example[];
}

interface Model {
  columns: string[];
  means: number[];
  deviations: number[];
  weights: number[];
  bias: number;
}

const mean = (values: number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;

/** Reads the shipped customers, keeps the columns that are asked for, scales them, and puts every fourth row aside. */
export const featureEngineering = task(async (columns: string[]): Promise<Features> => {
  const text = await readFile(new URL("./customers.csv", import.meta.url), "utf8");
  const [head = "", ...lines] = text.trim().split("\n");
  const names = head.split(",");
  const rows = lines.map((line) => line.split(",").map(Number));
  const chosen = columns.map((column) => {
    const at = names.indexOf(column);
    if (at < 0 || column === "left") throw new RangeError(`there is no feature "${column}"`);
    return rows.map((row) => row[at] ?? 0);
  });
  // Scaled by what the training rows tell alone: the test must not leak into the model.
  const seen = chosen.map((values) => values.filter((_, i) => i % 4 !== 0));
  const means = seen.map(mean);
  const deviations = seen.map(
    (values, c) => Math.sqrt(mean(values.map((one) => (one - (means[c] ?? 0)) ** 2))) || 1,
  );
  const examples = rows.map((row, i) => ({
    values: chosen.map((values, c) => ((values[i] ?? 0) - (means[c] ?? 0)) / (deviations[c] ?? 1)),
    left: row[names.indexOf("left")] ?? 0,
  }));
  return {
    columns,
    means,
    deviations,
    training: examples.filter((_, i) => i % 4 !== 0),
    test: examples.filter((_, i) => i % 4 === 0),
  };
});

const probability = (weights: number[], bias: number, values: number[]): number =>
  1 / (1 + Math.exp(-values.reduce((sum, value, c) => sum + value * (weights[c] ?? 0), bias)));

/** Logistic regression by gradient descent: 400 rounds over all examples. */
export const trainModel = task(async ({ columns, means, deviations, training }: Features): Promise<Model> => {
  const rate = 0.5;
  let weights = columns.map(() => 0);
  let bias = 0;
  for (let round = 0; round < 400; round++) {
    const errors = training.map(({ values, left }) => probability(weights, bias, values) - left);
    const slopes = weights.map((_, c) =>
      mean(training.map(({ values }, i) => (errors[i] ?? 0) * (values[c] ?? 0))),
    );
    weights = weights.map((weight, c) => weight - rate * (slopes[c] ?? 0));
    bias -= rate * mean(errors);
  }
  return { columns, means, deviations, weights, bias };
});

/** How often the model is right about customers that it has not seen. */
export const evaluateModel = task(async ({ weights, bias }: Model, { test }: Features) => {
  const right = test.filter(
    ({ values, left }) => (probability(weights, bias, values) > 0.5 ? 1 : 0) === left,
  );
  return { accuracy: right.length / test.length, tested: test.length };
});

export const deployModel = task(async (model: Model, target: string) => {
  const file = join(target, "churn-model.json");
  await mkdir(target, { recursive: true });
  await writeFile(file, JSON.stringify(model));
  return file;
});

const input = z
  .object({
    columns: z.array(z.string()).min(1).default(["months", "orders", "complaints", "days"]),
    /** The folder that a good model is written to. */
    target: z.string().default(join(tmpdir(), "runlet-models")),
  })
  .prefault({});

/** The article's pipeline: features, training, evaluation; a model that is right in more than 9 of 10 cases is deployed. */
export const mlPipeline = flow({ input }, async ({ columns, target }) => {
  const features = await featureEngineering(columns);
  const model = await trainModel(features);
  const metrics = await evaluateModel(model, features);
  if (metrics.accuracy > 0.9) {
    const file = await deployModel(model, target);
    return { deployed: file, metrics };
  }
  return { deployed: null, metrics };
});

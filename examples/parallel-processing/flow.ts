import { flow, range, task } from "runlet";
import * as z from "zod";

/** Counts the primes up to a number, the slow way. */
export const heavyComputation = task(async (n: number) => {
  let primes = 0;
  for (let i = 2; i <= n; i++) {
    let divisor = 2;
    while (divisor * divisor <= i && i % divisor !== 0) divisor++;
    if (divisor * divisor > i) primes++;
  }
  return primes;
});

/** The article's `parallel_processing`: a hundred calls side by side, and the sum of what they give. */
export const parallelProcessing = flow(async () => {
  const futures = range(0, 99).map((i) => heavyComputation.submit(i));
  const results = await Promise.all(futures);
  return results.reduce((sum, one) => sum + one, 0);
});

export const countWords = task(async (text: string) => {
  const counts: Record<string, number> = {};
  for (const word of text.toLowerCase().match(/\p{L}+/gu) ?? []) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
});

export const mergeCounts = task(async (parts: Record<string, number>[]) => {
  const total: Record<string, number> = {};
  for (const part of parts)
    for (const [word, count] of Object.entries(part)) total[word] = (total[word] ?? 0) + count;
  return total;
});

/** Map over texts, however many, then reduce. */
export const mapReduce = flow({ input: z.object({ texts: z.array(z.string()) }) }, async ({ texts }) => {
  const parts = await countWords.map(texts, { concurrency: 20 });
  return mergeCounts(parts);
});

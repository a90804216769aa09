import { backoff, flow, task } from "runlet";
import * as z from "zod";

/** A task is a plain function with options; deployed, it is a Lambda function of its own. */
export const greet = task(
  { retries: 2, retryDelay: backoff({ seconds: 1 }) },
  async (name: string) => `Hello, ${name}!`,
);

export const summarize = task(async (greetings: string[]) => ({
  count: greetings.length,
  longest: greetings.reduce((a, b) => (b.length > a.length ? b : a), ""),
}));

/** A flow is a plain async function that calls tasks; deployed, it is a Step Functions state machine. */
export const greetings = flow({ input: z.object({ names: z.array(z.string()) }) }, async ({ names }) => {
  const lines = await Promise.all(names.map((name) => greet(name)));
  const summary = await summarize(lines);
  if (summary.count === 0) return { lines, note: "nobody to greet" };
  return { lines, note: `greeted ${summary.count}, longest: ${summary.longest}` };
});

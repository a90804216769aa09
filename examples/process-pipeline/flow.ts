import { flow, task } from "runlet";

/** The first pipeline of the article that asked for Runlet, name by name. */
export const extractData = task(async () => ({ orders: 1200, users: 850 }));

export const transformData = task(async (raw: Record<string, number>) =>
  Object.fromEntries(Object.entries(raw).map(([key, value]) => [key, value * 1.1])),
);

export const processPipeline = flow(async () => {
  const raw = await extractData();
  const processed = await transformData(raw);
  return processed;
});

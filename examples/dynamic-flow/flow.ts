import { flow, task } from "runlet";

/** The dynamic flow of the article that asked for Runlet: what runs after the first task is decided while it runs. */
export const dummyTask = task(async () => ({ rows: 3 }));
export const anotherTask = task(async (upstream: { rows: number }) => upstream.rows * 2);

/** `await` orders the second task after the first: its downstream is what takes its result. */
export const dynamicFlow = flow(async ({ condition }: { condition: boolean }) => {
  const first = await dummyTask();
  if (condition) {
    const second = await anotherTask(first);
    return { first, second };
  }
  return { first };
});

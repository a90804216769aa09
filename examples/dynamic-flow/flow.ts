import { flow, task } from "runlet";

/** The dynamic flow of the article that asked for Runlet: what runs after the first task is decided while it runs. */
export const dummyTask = task(async () => ({ rows: 3 }));
export const anotherTask = task(async (upstream: { rows: number }) => upstream.rows * 2);

/** A future passes as an argument and resolves; `setDownstream` says that the second task comes after the first. */
export const dynamicFlow = flow(async ({ condition }: { condition: boolean }) => {
  const task1 = dummyTask.submit();
  if (condition) {
    const task2 = anotherTask.submit(task1);
    task1.setDownstream(task2);
    return { first: await task1, second: await task2 };
  }
  return { first: await task1 };
});

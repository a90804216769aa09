import { AsyncLocalStorage } from "node:async_hooks";

/** Bundles have copies of this module: they meet by the name. */
const KEY = Symbol.for("runlet.present");

type Storage = AsyncLocalStorage<() => number>;

const shared = globalThis as unknown as { [KEY]?: Storage };

/** What an inline step takes for the time: the machine's, or that of the test which runs it. */
export const presentTime = (): number => (shared[KEY]?.getStore() ?? Date.now)();

/** Runs `body` at another time; the code of bundles that it calls included. */
export function atTime<T>(now: () => number, body: () => T): T {
  shared[KEY] ??= new AsyncLocalStorage();
  return shared[KEY].run(now, body);
}

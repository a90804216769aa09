/** What JSON cannot carry: passing one of these is a coded error (RLT2001), so its type becomes `never`. */
type NotJson =
  | bigint
  | symbol
  | Date
  | RegExp
  | Map<unknown, unknown>
  | Set<unknown>
  | ((...args: never[]) => unknown);

type IsAny<T> = 0 extends 1 & T ? true : false;

/**
 * The type of a value after its way through JSON: what `await task(…)` gives.
 *
 * @example type A = Serialized<{ a: number; b?: string; c: void }> // { a: number; b?: string; c: null }
 */
export type Serialized<T> =
  IsAny<T> extends true
    ? T
    : unknown extends T
      ? T
      : T extends string | number | boolean | null
        ? T
        : // biome-ignore lint/suspicious/noConfusingVoidType: a task that returns nothing has the type void
          T extends undefined | void
          ? null
          : T extends NotJson
            ? never
            : T extends readonly unknown[]
              ? { [K in keyof T]: Serialized<T[K]> }
              : T extends object
                ? {
                    [K in keyof T]: undefined extends T[K]
                      ? Serialized<Exclude<T[K], undefined>> | undefined
                      : Serialized<T[K]>;
                  }
                : never;

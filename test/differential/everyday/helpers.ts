import { sleep } from "runlet";
import { fetchPage, fetchRows, type Row } from "./tasks.ts";

/** Calls until it works, or too often. */
export async function withRetry<T>(fn: () => Promise<T>, times = 3): Promise<T> {
  let last: unknown;
  for (let i = 0; i < times; i++) {
    try {
      return await fn();
    } catch (error) {
      last = error;
      await sleep({ seconds: 1 });
    }
  }
  throw last;
}

export const withFallback = async <T>(first: () => Promise<T>, second: () => Promise<T>): Promise<T> => {
  try {
    return await first();
  } catch {
    return await second();
  }
};

const PAGE_SIZE = 4;

/** All pages, one after the other. */
export async function fetchAll(limit = 100, size: number = PAGE_SIZE): Promise<Row[]> {
  const rows: Row[] = [];
  let cursor: string | null = null;
  for (;;) {
    const page = await fetchPage(cursor, size);
    for (const row of page.rows) {
      if (rows.length >= limit) return rows;
      rows.push(row);
    }
    if (!page.next) return rows;
    cursor = page.next;
  }
}

export const newest = async (sources: string[]): Promise<string | undefined> => {
  let best: string | undefined;
  for (const source of sources) {
    const rows = await fetchRows(source);
    for (const { updatedAt } of rows) if (best === undefined || updatedAt > best) best = updatedAt;
  }
  return best;
};

// @ts-expect-error users write enums, though this project does not
export enum Plan {
  Free = "free",
  Pro = "pro",
}

// @ts-expect-error users write enums, though this project does not
export enum Level {
  Low,
  Mid = 5,
  High,
}

export const percent = (part: number, whole: number): string =>
  whole === 0 ? "n/a" : `${Math.round((part / whole) * 100)}%`;

export const unique = <T>(items: readonly T[]): T[] => [...new Set(items)];

export const sum = (numbers: number[]): number => numbers.reduce((a, b) => a + b, 0);

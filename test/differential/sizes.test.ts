import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PAYLOAD_BYTES } from "../../sdk/asl/limits.ts";
import type { HistoryEvent } from "../../sdk/engine/index.ts";
import { ManualClock } from "../../sdk/testing/index.ts";
import { assertSame } from "./compare.ts";
import { openPrograms, type Programs } from "./harness.ts";

const TASKS = [
  "export const make = task(async (bytes) => { await call('make', [bytes]); return { text: 'x'.repeat(bytes), n: bytes }; });",
  "export const size = task(async (...args) => { await call('size', [JSON.stringify(args).length]); return JSON.stringify(args).length; });",
  "export const keep = task(async (x) => { await call('keep', []); return x; });",
  "export const passes = flow(async (x) => { const y = await keep(x); return { y, n: y.text.length }; });",
  "export const reads = flow(async (x) => { const n = await size(x, x, [x]); const y = await keep(x); const m = await size(x, y, { x, y }); return [n, m, x.text.length, { x, y }.y.n]; });",
  "export const failing = flow(async (x) => { await keep(x); throw new RangeError('m'.repeat(Math.min(x.n, 9000))); });",
];

/** One answer whatever the size: results, arguments, map inputs and outputs, errors, variables, expressions. */
const FLOWS = {
  result: "async ({ bytes }) => { const x = await make(bytes); return x; }",
  "result passed on":
    "async ({ bytes }) => { const x = await make(bytes); const y = await keep(x); return size(x, y, { x }); }",
  "several together":
    "async ({ bytes }) => { const x = await make(bytes); const y = await make(bytes); const n = await size(x, y, [x, y]); return { n, x, y }; }",
  expression:
    "async ({ bytes }) => { const x = await make(bytes); if (x.n > 100 && x.text.startsWith('x')) return x.text.length + x.n; return x.text.slice(0, 2); }",
  "a variable that grows":
    "async ({ bytes }) => { let all = []; for (const k of [1, 2, 3]) { const x = await make(bytes); all = [...all, x.text + k]; } return all.map((t) => t.length); }",
  "results of a map":
    "async ({ bytes }) => { const xs = await make.map([bytes, bytes, 5]); return [xs.length, xs[0].n, xs.map((x) => x.text.length), await size(xs)]; }",
  "results of a map, composed":
    "async ({ bytes }) => { const big = await make(bytes); const xs = await Promise.all([1, 2, 3].map(async (k) => { const x = await make(bytes); return { k, x, big }; })); return xs.map(({ k, x, big: b }) => [k, x.n, b.text.length]); }",
  "items of a map":
    "async ({ bytes }) => { const x = await make(bytes); const ns = await size.map([x, x.text, 1]); const ms = await Promise.all([x, [x]].map(async (y, i) => size(y, i))); return [ns, ms]; }",
  "a list of calls":
    "async ({ bytes }) => { const [x, y] = await Promise.all([make(bytes), make(bytes)]); return [x.text.length, y.n, await size(x, y)]; }",
  futures:
    "async ({ bytes }) => { const p = make.submit(bytes); const q = size.submit(p); const r = keep.submit({ p }); const { p: x } = await r; return [await q, x.text.length]; }",
  settled:
    "async ({ bytes }) => { const rs = await Promise.allSettled([make(bytes), boom('RangeError', 'x'.repeat(Math.min(bytes, 9000))), keep({ bytes })]); return rs.map((r) => r.value?.n ?? r.value?.bytes ?? r.reason.message.length); }",
  "a caught error":
    "async ({ bytes }) => { const x = await make(bytes); try { await boom('TypeError', 'm'.repeat(Math.min(bytes, 9000))); } catch (e) { return [e.name, e.message.length, x.text.length]; } }",
  "an input":
    "async (input) => { const n = await size(input.text ?? '', input.bytes); return { n, length: (input.text ?? '').length, input }; }",
  "a called flow":
    "async ({ bytes }) => { const x = await make(bytes); const r = await passes(x); return [r.n, r.y.text.length, r]; }",
  "a called flow that reads its input often":
    "async ({ bytes }) => { const x = await make(bytes); const r = await reads(x); const s = await reads({ text: x.text + '!', n: 1 }); return [r, s]; }",
  "a called flow that fails":
    "async ({ bytes }) => { const x = await make(bytes); try { await failing(x); } catch (e) { return [e.name, e.message.length, x.n]; } }",
  "called flows side by side":
    "async ({ bytes }) => { const x = await make(bytes); const [p, q] = await Promise.all([passes(x), reads(x)]); return [p.n, q, await size(p, x)]; }",
  "many items, each large":
    "async ({ bytes }) => { const xs = await make.map(range(1, 45).map((k) => (k === 3 ? bytes : k))); return [xs.length, xs[2].text.length, xs.reduce((sum, x) => sum + x.n, 0)]; }",
};

const KIB = 1_024;
const SIZES = [KIB, 90 * KIB, 255 * KIB, 257 * KIB, 6 * KIB * KIB];
/** 50 MB takes a while: `RUNLET_SIZES=all npx vitest run test/differential/sizes.test.ts`. */
const sizes = process.env["RUNLET_SIZES"] === "all" ? [...SIZES, 50 * KIB * KIB] : SIZES;

describe("a flow gives one answer at any size", () => {
  let programs: Programs;
  const names = Object.keys(FLOWS);
  beforeAll(async () => {
    const flows = Object.values(FLOWS).map((body, i) => `export const p${i} = flow(${body});`);
    programs = await openPrograms({ "main.ts": [...TASKS, ...flows].join("\n") });
  }, 60_000);
  afterAll(() => programs?.close());

  it.each(names)(
    "%s",
    async (name) => {
      const flow = `p${names.indexOf(name)}`;
      for (const bytes of sizes) {
        const input = name === "an input" ? { bytes, text: "y".repeat(bytes) } : { bytes };
        const plain = await programs.plain(flow, input);
        expect("value" in plain.end, JSON.stringify(plain.end).slice(0, 300)).toBe(true);
        const paths = bytes > KIB * KIB ? (["fast"] as const) : (["fast", "slow", "raise"] as const);
        for (const path of paths)
          assertSame(
            plain,
            await programs.compiled(flow, input, path),
            `${name} at ${bytes} bytes (${path})`,
          );
      }
    },
    300_000,
  );

  it("no event of a run holds more than a payload may, whatever the size of its values", async () => {
    const compiled = await programs.file();
    const largest = Math.max(...sizes);
    let most = 0;
    for (const name of names) {
      const input = name === "an input" ? { bytes: largest, text: "y".repeat(largest) } : { bytes: largest };
      let events = 0;
      const clock = new ManualClock();
      const look = (histories: readonly (readonly HistoryEvent[])[]): void => {
        for (const event of histories.flat()) {
          events++;
          most = Math.max(most, largestText(event));
        }
      };
      const flow = `p${names.indexOf(name)}`;
      const run = compiled.run({
        flow,
        input,
        clock,
        tasks: { make, boom, size, keep },
        onEnd: (history) => look([history]),
      });
      const { children } = await clock.runUntil(run);
      look(children.map(({ history }) => history));
      expect(events, name).toBeGreaterThan(3);
    }
    expect(most).toBeGreaterThan(1_000);
    expect(most).toBeLessThanOrEqual(PAYLOAD_BYTES);
    console.log(`the largest payload of any event, values of ${largest} bytes: ${most} bytes`);
  }, 600_000);
});

/** As in the programs, but that nobody notes the calls. */
const make = async (bytes: number): Promise<unknown> => ({ text: "x".repeat(bytes), n: bytes });
const size = async (...args: unknown[]): Promise<number> => JSON.stringify(args).length;
const keep = async (x: unknown): Promise<unknown> => x;
const boom = async (name: string, message: string): Promise<never> => {
  throw Object.assign(new Error(message), { name });
};

/** The longest of an event's texts, which are its payloads, in bytes. */
function largestText(value: unknown): number {
  if (typeof value === "string") return Buffer.byteLength(value);
  if (typeof value !== "object" || value === null) return 0;
  return Math.max(0, ...Object.values(value).map(largestText));
}

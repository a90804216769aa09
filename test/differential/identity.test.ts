import { type Program, suite } from "./suite.ts";

/**
 * Objects compared by identity, in the flow and in functions of modules: two copies of one object are two objects, so what
 * is not known is refused, and what is known is answered.
 */

const module = `
import { among, isThat } from "./finding";
function sameOne(a: any, b: any) { return a === /* is it === ? */ b; }
const other = (a: any, b: any): boolean => !sameOne(a, b) && (a as any) !== (b as unknown);
function position(xs: any, x: any) { return xs?.indexOf(x); }
const without = (xs: any[], x: any) => xs.filter((y) => y !== x);
const dedupe = (xs: any[]) => [...new Set<any>(xs)];
const byRef = (xs: any[], x: any) => { const m = new Map(xs.map((y, i) => [y, i])); return m.get(x) ?? -1; };
const named = (a: any, b: any) => { switch (a) { case b: return "same"; case "x": return "x"; default: return "other"; } };
const namedAt = (xs: any[], b: any) => { switch (xs[1]) { case b: return "same"; default: return "other"; } };
const isOne = (a: any, b: any) => Object.is(a, b);
function firstOf({ rows = [] as any[] }, x: any) { return rows.map((r: any) => r.row).lastIndexOf(x); }
function nodes(n: number) {
  const all = Array.from({ length: n }, (_, id) => ({ id }));
  const seen = new Set(all.slice(1));
  return [all.filter((node) => !seen.has(node)).length, all.indexOf(all[2] as any), all[0] === all[1], all.includes(all[0] as any)];
}`.trim();

const files = {
  "finding.ts": `
import { unique } from "./unique";
export const among = (xs: any[], x: any) => unique(xs).includes(x);
export function isThat(xs: any[], x: any) { return xs.findIndex((y) => y == x); }`,
  "unique.ts": "export function unique(xs: any[]) { return Array.from(new Set(xs)); }",
};

const REFUSES = ["RLT2010", "RLT3005"] as const;
const BEST =
  "const xs = await load([{ a: 1 }, { a: 2 }]); let best: any = null; for (const x of xs) { await load(x.a); if (!best || x.a > best.a) best = x; }";
const TWICE =
  "const o = await load({ a: 1 }); let xs = [o]; if (await load(true)) xs = [o, o]; await load(1);";
const PICKED =
  "const xs = await load([{ a: 1 }, { a: 2 }]); const picked: any[] = []; for (const x of xs) { await load(x.a); if (x.a > 1) picked.push(x); }";

const flows: Record<string, string> = {
  "one object under two names":
    "const u = { n: 1 }; let v = { n: 2 }; if (await load(1)) v = u; await load(1); return sameOne(u, v);",
  "two objects":
    "const u = await load({ n: 1 }); let v = { n: 2 }; await load(1); v = { n: 3 }; await load(2); return [sameOne(u, v), other(u, v), u === v, u == v, isOne(u, v)];",
  "equal values that are no objects": `${BEST} return [sameOne(best.a, 2), position(["a", "b"], "b"), dedupe([1, 1, "1"]).length, isOne(best.a, 2)];`,
  "the place of the best": `${BEST} return position(xs, best);`,
  "all but the best": `${BEST} return without(xs, best).length;`,
  "all but the best, in the flow": `${BEST} return xs.filter((y: any) => y !== best).length;`,
  "a Map of objects in a function": `${BEST} return byRef(xs, best);`,
  "a Map of objects": `${BEST} return new Map(xs.map((y: any, i: number) => [y, i])).get(best) ?? -1;`,
  "a Set of objects": `${BEST} return new Set(xs).has(best);`,
  "a Set of objects, asked for another": `${BEST} return [new Set(xs).has({ ...best, b: 1 }), new Set(xs).size, new Map([[xs[0], 1]]).has(xs[1])];`,
  "functions of other modules": `${BEST} return [among(xs, best), isThat(xs, best)];`,
  "functions of other modules, without a copy": `${BEST} return [among(xs, { a: 3 }), isThat(xs, null), among([1, 2], best.a)];`,
  "one object twice in a list": `${TWICE} return dedupe(xs).length;`,
  "one object twice in a list, in the flow": `${TWICE} return new Set(xs).size;`,
  "elements of a list": `${TWICE} return sameOne(xs[0], xs[1]);`,
  "what was picked": `${PICKED} return xs.filter((x: any) => !picked.includes(x));`,
  "a Set of what was picked": `${PICKED} const seen = new Set(picked); return xs.filter((x: any) => !seen.has(x));`,
  "a Set of keys": `${PICKED} const seen = new Set(picked.map((x: any) => x.a)); return xs.filter((x: any) => !seen.has(x.a));`,
  // Answered "other" for one object.
  "a switch in a function": `${BEST} return [named(xs[1], best)];`,
  "a switch over an element in a function": `${BEST} return [namedAt(xs, best)];`,
  "a switch in a function of the flow": `${BEST} return ((a: any, b: any) => { switch (a) { case b: return 1; default: return 2; } })(xs[1], best);`,
  "a switch over other values": `${BEST} return [named(best.a, 2), named(best, { a: 7 }), named("x", 1), namedAt([1, 2], best.a), ((a: any, b: any) => { switch (a) { case b.a: { return "a"; } case 7: default: return 2; } })(best.a, best)];`,
  "items of a map":
    "const xs = await load([{ a: 1 }, { a: 2 }]); return await Promise.all(xs.map(async (x: any) => { await load(x.a); return [sameOne(x, xs[0]), position(xs, x)]; }));",
  "rows in rows": `${BEST} return [firstOf({ rows: xs.map((row: any) => ({ row })) }, best), firstOf({}, best)];`,
  "objects that a function makes itself": "const n = await load(3); return nodes(n);",
  "what is no list":
    "const x = await load(input?.none ?? null); try { return position(x, 1) ?? byRef(x, {}); } catch (e) { return (e as Error).message; }",
  "what is shown":
    "const xs = await load([1]); return [String(new Set(xs)), new Set(xs) instanceof Set, new Map().constructor.name, new Set(xs).constructor.name];",
};

/** Programs that meet no two copies, and so must be answered. */
const ANSWERED = new Set([
  "two objects",
  "equal values that are no objects",
  "a Set of keys",
  "a switch over other values",
  "objects that a function makes itself",
  "what is no list",
  "what is shown",
]);

suite(
  "identity of objects",
  Object.fromEntries(
    Object.entries(flows).map(([name, body]): [string, Program] => [
      name,
      { flow: `async (input: any) => { ${body} }`, module, refuses: ANSWERED.has(name) ? [] : REFUSES },
    ]),
  ),
  { files, inputs: 4 },
);

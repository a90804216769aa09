import { suite } from "./suite.ts";

/** Programs that once gave another answer than plain Node, and their neighbours; each is named after what was wrong. */
suite(
  "what a change leaves behind",
  {
    "a return behind a task read variables as they were before its arguments":
      "async (raw) => { let x = 1; await load(0); x += 10; await load(x); return x; }",
    "the same with an array":
      "async (raw) => { const xs = []; await load(0); xs.push(1); await load(xs); return xs; }",
    "the same with the result":
      "async (raw) => { let x = 1; await load(0); x += 10; const r = await load(x); return [x, r]; }",
    "the same in an argument": "async (raw) => { let x = 1; await load(x++); return x; }",
    "the same in a map's item":
      "async (raw) => await Promise.all([1, 2].map(async (y) => { let x = y; await load(0); x += 10; await load(x); return x; }))",
    "a constant made by a function that reads a variable was made anew after the change":
      "async (raw) => { let n = 1; const f = () => n * 2; n = 5; const a = f(); await load(a); n = 7; return [a, f()]; }",
    "the same by a function of a function":
      "async (raw) => { let n = 1; const f = () => n; const g = () => f() + 1; const a = g(); n = 5; await load(a); return [a, g()]; }",
    "the same by a callback":
      "async (raw) => { let n = 1; const add = (x) => x + n; const xs = [1, 2].map(add); n = 10; await load(xs); return [xs, [1].map(add)]; }",
    "the same by a recursive function":
      "async (raw) => { let n = 1; const f = (k) => (k > 0 ? f(k - 1) : n); const a = f(3); n = 4; await load(a); return [a, f(2)]; }",
    "a function's value was overtaken by a change in the same expression":
      "async (raw) => { let n = 1; const f = () => n; const a = [f(), (n = 2), await load(f()), n++]; return a; }",
    "errors of a parameter that changes quoted generated code":
      "async ({ items, a }) => { items.push(a); a += 1; await load(items); return [items, a]; }",
    "errors of a pattern whose names change quoted generated code":
      "async (raw) => { const { x } = raw.o; x.extra = 1; await load(x); return x; }",
  },
  { inputs: 12 },
);

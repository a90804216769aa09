import { suite } from "./suite.ts";

/** JSON text has no -0, so a variable between two states must keep it by other means. */
suite(
  "-0 inside a list or object that is made between two steps",
  {
    "that a callback gives":
      "async ({ a }) => { let xs = []; xs = [a].map((x) => -(x - a)); await load(1); return 1 / xs[0] < 0; }",
    "in an object":
      "async ({ a }) => { let o = {}; o = { z: -(a - a) }; await load(1); return Object.is(o.z, -0); }",
    "that is pushed":
      "async ({ a }) => { const xs = []; xs.push(-(a - a)); await load(1); return Object.is(xs[0], -0); }",
    "beside other values":
      "async ({ a }) => { let xs = [1]; await load(0); xs = [-(a - a), 1]; await load(1); return Object.is(xs[0], -0); }",
    "that rounding gives":
      "async ({ list }) => { let xs = []; await load(0); xs = list.map((x) => Math.round(-x / 4)); await load(1); return xs.map((x) => Object.is(x, -0)); }",
    "in objects of a list":
      "async ({ list }) => { let xs = []; await load(0); xs = list.map((x) => ({ v: -x })); await load(1); return xs.map((x) => Object.is(x.v, -0)); }",
    "that is looked at in the same expression":
      "async ({ list }) => { let t = ''; await load(0); t = list.map((x) => -x).map((x) => (Object.is(x, -0) ? 'n' : 'p')).join(''); await load(1); return t; }",
    "under a key that is computed":
      "async ({ list }) => { let m = {}; await load(0); m = Object.fromEntries(list.map((x) => ['k', -x])); await load(1); return Object.is(m.k, -0); }",
  },
  { inputs: 9 },
);

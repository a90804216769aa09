// Programs 1, 2, 5, 6, 8 and 10: expressions over values of unknown type. Each is the author's function, the machine a
// compiler would emit for it, and the author's own region for the inline step. `get` gives the value, `put` takes the result.
import { at, bounded, coalesce, isWhole, printable, SLOW, slowFirst, strict, wrap } from "./forms.mjs";
import { inputs } from "./inputs.mjs";

const X = "$v_x";

/** get -> put, with the region in put's Arguments; its guards lead to the inline step and back. */
export function getThenPut(args) {
  return {
    StartAt: "get",
    States: {
      get: {
        Type: "Task",
        Resource: "task:get",
        Arguments: { args: [] },
        Assign: { v_x: wrap("$states.result") },
        Output: {},
        Next: "put",
      },
      put: {
        Type: "Task",
        Resource: "task:put",
        Arguments: { args },
        Catch: [{ ErrorEquals: ["States.QueryEvaluationError"], Output: {}, Next: "put, slowly" }],
      },
      "put, slowly": {
        Type: "Task",
        Resource: "inline:region",
        Arguments: { x: wrap(X) },
        Output: { "$runlet.slow": wrap("$states.result") },
        Next: "put",
      },
    },
  };
}
const leaves = (list) => list.map((e, i) => wrap(slowFirst(`a${i}`, e)));
const named = (values) => Object.fromEntries(values.map((v, i) => [`a${i}`, v === undefined ? null : v]));
const region = (fn) => ({ region: ({ x }) => named(fn(x)) });
const flowOf =
  (fn) =>
  async ({ get, put }) =>
    put(...fn(await get()));

const defaults = (x) => {
  const { a = 5, b: { c = "z" } = {} } = x;
  return [a, c, x.d ?? "n"];
};
const nulls = (x) => [x.a.b.c, x.o?.p ?? "none"];
const plus = (x) => [x.a + x.b, x.a * x.b - x.a];
const keys = (x) => [{ id: x.id, note: x.note, city: x.home?.city, kind: "k" }];
const spread = (x) => [{ ...x.base, k: 1, ...x.over }];
const template = (x) => [
  `${x.p0}-${x.p1}-${x.p2}-${x.p3}-${x.p4}-${x.p5}-${x.p6}-${x.p7}-${x.p8}-${x.p9}-` +
    `${x.p10}-${x.p11}-${x.p12}-${x.p13}-${x.p14}-${x.p15}-${x.p16}-${x.p17}-${x.p18}-${x.p19}-`,
];

const whole = (e) => `${isWhole(X)} ? (${e}) : ${SLOW}`;
const b = at(X, "b");
const defaultForms = [
  whole(`$exists(${at(X, "a")}) ? ${at(X, "a")} : 5`),
  whole(`$exists(${b}) ? (${isWhole(b)} ? ($exists(${at(b, "c")}) ? ${at(b, "c")} : "z") : ${SLOW}) : "z"`),
  whole(coalesce(at(X, "d"), '"n"')),
];

const o = at(X, "o");
const nullForms = [
  `${strict(X, "a", "b", "c")} ? ${at(X, "a", "b", "c")} : ${SLOW}`,
  whole(`${o} != null ? (${isWhole(o)} ? (${coalesce(at(o, "p"), '"none"')}) : ${SLOW}) : "none"`),
];

const [pa, pb] = [at(X, "a"), at(X, "b")];
const words = `$type(${pa})="string" and $type(${pb})="string"`;
const numbers = `${bounded(pa)} and ${bounded(pb)}`;
const plusForms = [
  `$type(${X})="object" ? (${words} ? ${pa} & ${pb} : ${numbers} ? ${pa} + ${pb} + 0 : ${SLOW}) : ${SLOW}`,
  `$type(${X})="object" and ${numbers} ? ${pa} * ${pb} - ${pa} + 0 : ${SLOW}`,
];

const home = at(X, "home");
// a JSONata object drops a key whose value is missing, as JSON.stringify does; an ASL template would fail
const keyForms = [
  whole(
    `${home} != null and $not(${isWhole(home)}) ? ${SLOW} : {"id": ${at(X, "id")}, "note": ${at(X, "note")}, ` +
      `"city": ${at(home, "city")}, "kind": "k"}`,
  ),
];

const spreadable = (p) =>
  `(${p} != null ? (${isWhole(p)} and $not("__proto__" in $keys(${p})) ? ${p} : ${SLOW}) : {})`;
const spreadForms = [whole(`$merge([${spreadable(at(X, "base"))}, {"k": 1}, ${spreadable(at(X, "over"))}])`)];

const part = `function($p){$type($p)="string" ? $p : $type($p)="number" and ${printable("$p")} ? $string($p) : ${SLOW}}`;
const parts = Array.from({ length: 20 }, (_, i) => `$l_s(${at(X, `p${i}`)}), "-"`).join(", ");
const templateForms = [`$type(${X})="object" ? ($l_s := ${part}; $join([${parts}], "")) : ${SLOW}`];

const twenty = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`p${i}`, i % 2 ? i : `w${i}`]));

const program = (name, fn, forms, cases) => ({
  name,
  flow: flowOf(fn),
  machine: getThenPut(leaves(forms)),
  inline: region(fn),
  cases,
});

export const VALUE_PROGRAMS = [
  program(
    "1 defaults on null and undefined",
    defaults,
    defaultForms,
    inputs({ a: 1, b: { c: "c" }, d: "d" }, ["a", "b", "b.c", "d"], {
      practice: [{ a: 1, b: { c: "c" }, d: "d" }, { b: {} }, { a: 0, d: null }, {}],
    }),
  ),
  program(
    "2 null access",
    nulls,
    nullForms,
    inputs({ a: { b: { c: 1 } }, o: { p: 2 } }, ["a", "a.b", "a.b.c", "o", "o.p"], {
      practice: [
        { a: { b: { c: 1 } }, o: { p: 2 } },
        { a: { b: { c: [5] } }, o: null },
        { a: { b: { c: null } } },
      ],
    }),
  ),
  program(
    "5 plus on strings and numbers",
    plus,
    plusForms,
    inputs({ a: 2, b: 3 }, ["a", "b"], {
      practice: [
        { a: 2, b: 3 },
        { a: 0.1, b: -0.2 },
      ],
    }).concat(
      ["", "x", "\u{1F600}"].map((s) => ({ value: { a: s, b: "y" } })),
      [{ value: { a: -1, b: 0 } }, { value: { a: 0, b: -5 } }],
    ),
  ),
  program(
    "6 object keys that may be undefined",
    keys,
    keyForms,
    inputs({ id: 1, note: "n", home: { city: "c" } }, ["id", "note", "home", "home.city"], {
      practice: [{ id: 1, note: "n", home: { city: "c" } }, { id: [5], home: null }, { id: [[1]] }],
    }),
  ),
  program(
    "8 spread of maybe-null",
    spread,
    spreadForms,
    inputs({ base: { a: 1, k: 0 }, over: { k: 2, z: [5] } }, ["base", "over", "base.a", "over.k"], {
      practice: [
        { base: { a: 1, k: 0 }, over: { k: 2, z: [5] } },
        { base: null },
        { base: { a: [[1]] }, over: null },
      ],
    }),
  ),
  program(
    "10 template of 40 parts",
    template,
    templateForms,
    inputs(twenty, ["p0", "p7", "p19"], {
      practice: [twenty, { ...twenty, p3: 12.5 }, { ...twenty, p0: "" }],
    }),
  ),
];

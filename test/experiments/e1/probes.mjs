// What the rules of docs/decisions/0001 stand on, one expression at a time: [rule, expression, bindings, wanted answer].
// A wanted value of NOTHING is "no value", RAISES is any error. Where the engines differ, the wanted answer is a pair
// {js, jvm}: such a form is never emitted, and the pair is here to notice when an engine changes.
import { all, arithmetic, coalesce, many, slowFirst, truthy } from "./forms.mjs";

export const NOTHING = { undefined: true };
export const RAISES = "raises";
const value = (v) => ({ value: v });

const SHAPES = [
  [5],
  [[1]],
  [],
  [[]],
  [null],
  [[], []],
  [[1], [2]],
  [[[1]]],
  null,
  "",
  "0",
  0,
  false,
  {},
  { m: [1] },
];

const reads = SHAPES.flatMap((v) => [
  ["R2", "$v_a.k", { v_a: { k: v } }, value(v)],
  ["R2", "$v_a.`$k e`", { v_a: { "$k e": v } }, value(v)],
  ["R2", "$v_a.k.m", { v_a: { k: { m: v } } }, value(v)],
  ["R2", "$exists($v_a.k)", { v_a: { k: v } }, value(true)],
  ["R1", '{"x": $v_a.k}', { v_a: { k: v } }, value({ x: v })],
  ["R1", '{"x": $v_a.z, "y": 1}', { v_a: { k: v } }, value({ y: 1 })],
  ["R3", slowFirst("a0", "3"), { states: { input: { "$runlet.slow": { a0: v } } } }, value(v)],
  ["R11", `$not(${truthy("$v_a.k")})`, { v_a: { k: v } }, value(!v)],
  ["R11", coalesce("$v_a.k", '"d"'), { v_a: { k: v } }, value(v ?? "d")],
  ["R7", '$v_a.k = "0"', { v_a: { k: v } }, value(v === "0")],
  ["R7", "$v_a.k = 0", { v_a: { k: v } }, value(v === 0)],
  ["R7", "$not($v_a.k = null)", { v_a: { k: v } }, value(v !== null)],
]);

const arrays = SHAPES.filter(Array.isArray).flatMap((v) => [
  ["R10", '$type($v_a)="array" ? $count($v_a) : $error("slow")', { v_a: v }, value(v.length)],
  ["map", many("$map($v_a, function($v){$exists($v) ? $v : null})"), { v_a: v }, value(v)],
  ["filter", many("$filter($v_a, function($v){true})"), { v_a: v }, value(v)],
  ["filter", many("$filter($v_a, function($v){false})"), { v_a: v }, value([])],
  ["every", all("$v_a", "v", '$type($v)="array"'), { v_a: v }, value(v.every(Array.isArray))],
  ["R9", "$not($exists($v_a.`$runlet.error`))", { v_a: v }, value(true)],
]);

const settled = [
  [[1, { "$runlet.error": { n: 1 } }], false],
  [[{ "$runlet.error": null }], false],
  [[{ a: { "$runlet.error": 1 } }], true],
  [{ "$runlet.ref": {} }, true],
  // a nested array is looked into: the key is reserved, so a task's own result can never hold it
  [[[{ "$runlet.error": 1 }]], false],
].map(([v, fine]) => ["R9", "$not($exists($v_rs.`$runlet.error`))", { v_rs: v }, value(fine)]);

const NUMBERS = [
  0,
  -0,
  1,
  -1,
  0.1,
  -0.3,
  7,
  -7,
  1e-9,
  1e-10,
  5e-324,
  2 ** 53 - 1,
  2 ** 53,
  1e15,
  1e308,
  3.5,
  "1",
  null,
  true,
  [1],
];
const OPERATORS = { "-": (a, b) => a - b, "*": (a, b) => a * b, "/": (a, b) => a / b, "%": (a, b) => a % b };
const inRange = (v) => typeof v === "number" && Math.abs(v) <= Number.MAX_SAFE_INTEGER;
const divides = (op, b) => op === "-" || op === "*" || (op === "/" ? Math.abs(b) >= 1e-9 : b !== 0);

const sums = Object.entries(OPERATORS).flatMap(([op, fn]) =>
  NUMBERS.flatMap((a) =>
    NUMBERS.map((b) => {
      const fast = inRange(a) && inRange(b) && divides(op, b);
      return ["R6", arithmetic("$v_a", op, "$v_b"), { v_a: a, v_b: b }, fast ? value(fn(a, b) + 0) : RAISES];
    }),
  ),
);

export const PROBES = [
  ...sums,
  ["R6", "1/0 + 0", {}, RAISES],
  ["R6", "1e308 * 10 + 0", {}, RAISES],
  ["R6", "0/0 + 0", {}, { js: { error: "T2001" }, jvm: NOTHING }],
  ...reads,
  ...arrays,
  ...settled,
  ["R2", "$v_a.constructor", { v_a: {} }, { js: { odd: "function" }, jvm: NOTHING }],
  ["R2", "$v_a.`__proto__`", { v_a: {} }, { js: value({}), jvm: NOTHING }],
  ["R2", "$v_a.k", { v_a: [{ k: 1 }, { k: 2 }] }, value([1, 2])],
  ["R1", '{"__proto__": 1}', {}, { js: value({}), jvm: value(JSON.parse('{"__proto__":1}')) }],
  ["R1", "[$v_a, 3]", { v_a: [1, 2] }, value([1, 2, 3])],
  ["R3", '$error("slow")', {}, RAISES],
  ["R3", "false ? 1", {}, NOTHING],
  ["R3", '$map([1, 2], function($v){$v = 2 ? $error("slow") : $v})', {}, RAISES],
  ["R3", slowFirst("a0", "3"), { states: { input: {} } }, value(3)],
  ["R3", slowFirst("a0", "3"), { states: { input: null } }, value(3)],
  ["R3", slowFirst("a0", "3"), { states: { input: [] } }, value(3)],
  ["R3", slowFirst("a0", "3"), {}, value(3)],
  ["R5", 'false and $error("x")', {}, value(false)],
  ["R5", 'true or $error("x")', {}, value(true)],
  ["R5", '$v_no and $error("x")', {}, value(false)],
  ["R5", 'true ? 1 : $error("x")', {}, value(1)],
  ["R5", '$type($v_no) = "object" and $error("x")', {}, value(false)],
  ["R5", "$not($v_no)", {}, NOTHING],
  ["R5", "true and $v_no", {}, value(false)],
  ["R5", "$v_no < 3", {}, NOTHING],
  ["R6", "1/0", {}, { js: { odd: "number Infinity" }, jvm: RAISES }],
  ["R6", "0/0", {}, { js: { odd: "number NaN" }, jvm: NOTHING }],
  ["R6", "5 % 0", {}, { js: { odd: "number NaN" }, jvm: NOTHING }],
  ["R6", "$v_a * -1", { v_a: 0 }, { js: value(-0), jvm: value(0) }],
  ["R6", "$v_a * -1 + 0", { v_a: 0 }, value(0)],
  ["R6", "-7 % 7 + 0", {}, value(0)],
  ["R6", "$v_a + 1", { v_a: 9007199254740992 }, value(9007199254740992)],
  ["R6", "$v_a * $v_a", { v_a: 9007199254740991 }, value(9007199254740991 ** 2)],
  ["R6", "0.1 + 0.2", {}, value(0.1 + 0.2)],
  ["R6", "-5.5 % 2", {}, value(-1.5)],
  ["R7", '"\uD83D\uDE00" < "\uFF21"', {}, value(true)],
  ["R7", '"Z" < "a"', {}, value(true)],
  ["R7", '"10" < "9"', {}, value(true)],
  ["R7", '"a" < 3', {}, RAISES],
  ["R7", '$v_no != "x"', {}, value(false)],
  ["R7", '$not($v_no = "x")', {}, value(true)],
  ["R7", "1 = [1]", {}, value(false)],
  ["R8", '$join(["a", $string(12.5), $string(null), $string(true)], "")', {}, value("a12.5nulltrue")],
  ["R8", "$string($v_a)", { v_a: -0 }, value("0")],
  ["R8", "$string(5e-324)", {}, { js: value("5e-324"), jvm: value("4.94065645841247e-324") }],
  ["R8", "$string(9007199254740991)", {}, { js: value("9007199254740990"), jvm: value("9007199254740991") }],
  ["R8", "$string(1e20)", {}, { js: value("100000000000000000000"), jvm: value("1e+20") }],
  ["R8", '$formatNumber(9007199254740991, "0")', {}, value("9007199254740991")],
  ["R10", "$count($v_a.k)", { v_a: { k: null } }, { js: value(1), jvm: value(0) }],
  [
    "keys",
    '$keys({"b": 1, "10": 2, "9": 3})',
    {},
    { js: value(["9", "10", "b"]), jvm: value(["b", "10", "9"]) },
  ],
  ["in", "[1] in [[1]]", {}, { js: value(false), jvm: value(true) }],
  // to the port a null *item* is nothing: in a lambda, by index, in a comparison of arrays; a null *property* is null
  [
    "null item",
    many("$map($v_a, function($v){$v})"),
    { v_a: [null, 1] },
    { js: value([null, 1]), jvm: value([1]) },
  ],
  ["null item", "$type($v_a[0])", { v_a: [null] }, { js: value("null"), jvm: NOTHING }],
  ["null item", "$exists($v_a[0]) ? $v_a[0] : null", { v_a: [null] }, value(null)],
  ["null item", "null in $v_a", { v_a: [null] }, { js: value(true), jvm: value(false) }],
  [
    "null item",
    "$map($v_a, function($v){$v = null})",
    { v_a: [null] },
    { js: value(true), jvm: value(false) },
  ],
  ["null item", "$map($v_a, function($v){$not($v != null)})", { v_a: [null] }, value(true)],
  ["null item", "$map($v_a, function($v){$v.k = null})", { v_a: [{ k: null }] }, value(true)],
  [
    "null item",
    '$map($v_a, function($v){{"v": $v}})',
    { v_a: [null] },
    { js: value({ v: null }), jvm: value({}) },
  ],
];

/** A chain of n additions is n deep: 100 pass under AWS's ceiling of 100 and 101 do not. */
export const chain = (n) => Array(n).fill("1").join("+");

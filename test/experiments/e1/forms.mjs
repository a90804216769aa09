// The JSONata forms under test. Every function takes expression text and gives expression text; docs/decisions/0001 names them.

/** Raises inside any expression; a Catch on States.QueryEvaluationError then leads to the inline step. */
export const SLOW = '$error("slow")';
export const REF = "`$runlet.ref`";

/** A property step; names that are not plain identifiers are quoted with backticks. */
export const at = (path, ...names) =>
  names.reduce(
    (p, n) =>
      `${p}.${/^[A-Za-z_][A-Za-z0-9_]*$/.test(n) && !/^(and|or|in|true|false|null|function)$/.test(n) ? n : `\`${n}\``}`,
    path,
  );

/** The value is an object that was read whole: used where a missing property is a legal answer. */
export const isWhole = (p) => `$type(${p})="object" and $not($exists(${p}.${REF}))`;

/** Strict chain: every step an object and the last one present. A reference fails it by itself, for it has no such property. */
export const strict = (root, ...names) => {
  const guards = [];
  let p = root;
  for (const n of names) {
    guards.push(`$type(${p})="object"`);
    p = at(p, n);
  }
  return [...guards, `$exists(${p})`].join(" and ");
};

/** JavaScript truthiness as a boolean; total, also for a missing value and for a reference (which is never falsy). */
export const truthy = (p) => `$type(${p}) in ["array","object"] or ${p}`;

/** `p ?? b`: a missing value compares unequal to everything, so one comparison covers null and undefined. */
export const coalesce = (p, b) => `${p} != null ? ${p} : ${b}`;

/**
 * Always an array, whatever $map or $filter makes of none, one or nested results. A $map body must itself end in
 * `$exists(b) ? b : null`, for the JVM port sees a null item as nothing and would drop it.
 */
export const many = (e) => `$append([], ${e}[])`;

/** Every item satisfies a total boolean predicate. Booleans never flatten, so no `many` is needed. */
export const all = (array, item, predicate) =>
  `$not(false in $map(${array}, function($${item}){${predicate}}))`;

/**
 * A number that both engines and Node print alike: at most 15 significant digits, and between the two exponent forms.
 * Without the lower bound the port prints 5e-324 as 4.94065645841247e-324, which still reads back as the same number.
 */
export const printable = (p) =>
  `${p} > -1e15 and ${p} < 1e15 and (${p} = $floor(${p}) or ${p} >= 1e-6 or ${p} <= -1e-6) and $number($string(${p})) = ${p}`;

/** A number small enough that `factors` of them multiplied stay far from overflow. */
export const bounded = (p) =>
  `$type(${p})="number" and ${p} <= 9007199254740991 and ${p} >= -9007199254740991`;

/** The four operators whose result can be -0 or out of range; the divisor is kept away from zero. */
export const arithmetic = (a, op, b) => {
  const away = { "/": ` and (${b} >= 1e-9 or ${b} <= -1e-9)`, "%": ` and ${b} != 0` }[op] ?? "";
  return `${bounded(a)} and ${bounded(b)}${away} ? ${a} ${op} ${b} + 0 : ${SLOW}`;
};

/** How the state's own expression begins, so that the inline step can come back to the same state. */
export const slowFirst = (leaf, e) =>
  `$exists($states.input.\`$runlet.slow\`) ? $states.input.\`$runlet.slow\`.${leaf} : ${e}`;

export const wrap = (e) => `{% ${e} %}`;

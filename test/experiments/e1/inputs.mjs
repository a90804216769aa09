// Adversarial values. `MISSING` leaves a key out; `big(v)` marks a task result that travels as a reference.

export const MISSING = Symbol("missing");
const BIG = Symbol("big");
export const big = (value) => ({ [BIG]: true, value });
export const isBig = (v) => v !== null && typeof v === "object" && v[BIG] === true;

const proto = (value) => JSON.parse(`{"__proto__":${JSON.stringify(value)},"k":1}`);

export const ATOMS = [
  null,
  MISSING,
  true,
  false,
  0,
  -0,
  1,
  -1.5,
  0.1 + 0.2,
  2 ** 53,
  1e15,
  1e21,
  1e308,
  5e-324,
  "",
  "0",
  "a",
  "z",
  "false",
  "\u{1F600}",
  "\uFF21",
  "__proto__",
  "constructor",
  [],
  [5],
  ["a"],
  [[1]],
  [[]],
  [null],
  [0],
  [1, 2],
  ["a", "b"],
  [["a"], ["b"]],
  ["a", 1, null],
  [{}],
  [{ k: [5] }],
  {},
  { k: 1 },
  { k: [5] },
  { k: null },
  { constructor: 1 },
  { length: 3 },
  { "a b": 1 },
  proto({ z: 1 }),
  { 10: "x", 9: "y" },
];

/** `base` with each of `paths` replaced by each atom, one at a time, plus the atoms themselves and the references. */
export function inputs(base, paths, { practice = [base] } = {}) {
  const cases = practice.map((value) => ({ value, practice: true }));
  for (const path of paths)
    for (const atom of ATOMS) cases.push({ value: replace(base, path.split("."), atom) });
  for (const atom of ATOMS) if (atom !== MISSING) cases.push({ value: atom });
  cases.push({ value: big(base) }, { value: big([base]) }, { value: big("x".repeat(40)) });
  return cases;
}

function replace(base, [head, ...rest], atom) {
  if (head === undefined) return atom;
  const copy = Array.isArray(base) ? [...base] : { ...base };
  const value = rest.length ? replace(base[head] ?? {}, rest, atom) : atom;
  if (value === MISSING) delete copy[head];
  else copy[head] = value;
  return Array.isArray(copy) ? copy.filter(() => true) : copy;
}

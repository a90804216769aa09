/** What an input of a program may be; every program meets some of each. */

const own = (text: string): unknown => JSON.parse(text) as unknown;

/** Values that a language over JSON, or a careless emitter, treats otherwise than JavaScript. */
export const HOSTILE: readonly unknown[] = [
  null,
  true,
  false,
  0,
  1,
  -1,
  0.1,
  0.30000000000000004,
  2 ** 53,
  -(2 ** 53),
  2 ** 53 + 2,
  1e21,
  5e-324,
  1e308,
  123456789012345680000,
  "",
  "0",
  "a",
  "10",
  "9",
  'it\'s "quoted"',
  "%}",
  "{% $states.input %}",
  "$states",
  "${Tasksend}",
  "`tick`",
  "\\u0041",
  "line\nbreak",
  "😀",
  "\ud800",
  "null",
  "toString",
  [],
  [0],
  [5],
  [[1]],
  [[]],
  [[], []],
  [null],
  [null, null],
  [1, "1", true, null, [2], {}],
  ["a", "b"],
  [{ id: 1 }, { id: 2, price: 3 }],
  [{ fail: true }, { id: 3 }],
  {},
  { a: 1 },
  { x: {} },
  { x: { y: 1 } },
  { x: null },
  { length: 2, 0: "p" },
  own('{"then": 1}'),
  { map: 1 },
  own('{"__proto__": {"y": 7}}'),
  own('{"constructor": 1, "toString": 2, "hasOwnProperty": 3}'),
  { "": 1, "a b": 2, "a.b": 3 },
  { 10: "ten", 9: "nine", b: "b" },
];

/** What the author of a flow expects. */
export const PRACTICE: readonly Record<string, unknown>[] = [
  {
    a: 5,
    b: 2,
    c: 7,
    s: "text",
    t: "more",
    flag: true,
    none: null,
    o: { x: { y: 3, z: "deep" }, list: [1, 2, 3] },
    items: [
      { id: 1, price: 10, tags: ["x", "y"] },
      { id: 2, price: 4, tags: [] },
      { id: 3, price: 7, tags: ["z"] },
    ],
    list: [3, 1, 2],
    words: ["b", "a"],
    rows: [[1, 2], [3]],
  },
  {
    a: 0,
    b: -1,
    c: 0.5,
    s: "",
    t: "t",
    flag: false,
    none: null,
    o: { x: { y: 0, z: "" }, list: [] },
    items: [],
    list: [],
    words: [],
    rows: [],
  },
  {
    a: 12,
    b: 12,
    c: 1,
    s: "same",
    t: "same",
    flag: true,
    none: null,
    o: { x: { y: 1, z: "q" }, list: [7] },
    items: [{ id: 9, price: 0, tags: ["one"] }],
    list: [4],
    words: ["w"],
    rows: [[]],
  },
];

export const NO_INPUT = Symbol("no input");

const WHOLE: readonly unknown[] = [NO_INPUT, null, 0, "text", [], [1, 2], {}];

/**
 * Inputs for a program: practice; nothing and wrong things; and one wrong value at a time in the place of each key that
 * the program names, in turn over the hostile values, so that all of them are met by some program.
 */
export function inputsFor(program: string, most: number, start = 0): unknown[] {
  const keys = [
    ...new Set(
      [...program.matchAll(/\b(?:raw|input)\??\.(\w+)|\{ ([\w, ]+) \}\) =>/g)].flatMap(([, one, more]) =>
        one ? [one] : (more ?? "").split(/,\s*/),
      ),
    ),
  ];
  const known = keys.filter((key) => Object.keys(PRACTICE[0] ?? {}).includes(key));
  const inputs: unknown[] = [...PRACTICE, ...WHOLE];
  const [practice = {}] = PRACTICE;
  for (const [i, key] of known.entries()) {
    const { [key]: _, ...without } = practice;
    inputs.push(without);
    const share = Math.max(3, Math.floor((most - inputs.length) / (known.length - i)));
    for (let n = 0; n < share; n++)
      inputs.push({ ...practice, [key]: HOSTILE[(start + i * 7 + n) % HOSTILE.length] });
  }
  if (known.length === 0)
    for (let n = 0; inputs.length < most; n++) inputs.push(HOSTILE[(start + n) % HOSTILE.length]);
  return inputs.slice(0, most);
}

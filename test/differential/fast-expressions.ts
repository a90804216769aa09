import type { Draw } from "./generator-expressions.ts";

const NUMBERS = [
  "0",
  "1",
  "-1",
  "2",
  "0.1",
  "-0.5",
  "1e21",
  "5e-324",
  "9007199254740991",
  "9007199254740993",
  "1e-7",
  "123456789.123",
];
const STRINGS = ['""', '"0"', '"text"', '"%}"', '"{%"', '"10"', '"it\'s"', '"${x}"', '"😀"', '"\\\\u0041"'];
const PATHS = [
  "raw.a",
  "raw.b",
  "raw.v",
  "raw.w",
  "raw.o",
  "raw.o.x",
  "raw.o.x.y",
  "raw.o?.x",
  "raw.o?.x?.y",
  "raw?.none?.y",
  "raw.missing",
  "raw.none",
  "raw.s",
  "raw.list",
  "raw.list.length",
  'raw["a b"]',
  "raw.flag",
  "raw.o.length",
];
const OPERATORS = ["+", "-", "*", "/", "%", "<", "<=", ">", ">=", "===", "!==", "==", "!=", "&&", "||", "??"];

/** A random expression of the kinds that become JSONata, over values of any type: guards must know what they do not. */
export function fastExpression(draw: Draw, depth: number): string {
  const pick = (table: readonly string[]): string => table[draw(table.length)] ?? "null";
  const inner = (): string => fastExpression(draw, depth - 1);
  if (depth === 0 || draw(6) === 0) {
    const kind = draw(10);
    return kind < 6
      ? pick(PATHS)
      : kind < 8
        ? pick(NUMBERS)
        : kind < 9
          ? pick(STRINGS)
          : pick(["true", "false", "null", "undefined"]);
  }
  switch (draw(9)) {
    case 0:
      return `!${inner()}`;
    case 1:
      return `-(${inner()})`;
    case 2:
      return `(${inner()} ? ${inner()} : ${inner()})`;
    case 3:
      return `\`${pick(["", "a ", "%}"])}\${${inner()}}-\${${inner()}}\``;
    case 4:
      return `(${inner()} ${pick(["===", "!=="])} ${pick([...NUMBERS.slice(0, 4), ...STRINGS.slice(0, 3), "null", "undefined", "true"])})`;
    default:
      return `(${inner()} ${pick(OPERATORS)} ${inner()})`;
  }
}

/** A flow that passes such expressions to a task, tests one, and keeps one inside a map. */
export function fastProgram(draw: Draw): string {
  const e = (depth = 3): string => fastExpression(draw, 1 + draw(depth));
  switch (draw(4)) {
    case 0:
      return `async (raw) => { await send(${e()}, { k: ${e()}, l: [${e(2)}] }); return { v: ${e()} }; }`;
    case 1:
      return `async (raw) => { if (${e()}) { await load(1); } else { await load(${e(2)}); } const it = ${e()}; return [it]; }`;
    case 2:
      return `async (raw) => { const it = ${e(2)}; const all = await Promise.all([1, 2].map(async (i) => { if (i === 2) return load(${e(2)}); return { it, v: ${e(2)} ?? 0 }; })); return send(all, it); }`;
    default:
      return `async (raw) => { const r = await load(raw.o); const t = r?.x ?? ${e(2)}; if (t === ${e(1)}) return send(t); return send(\`\${t}\`, ${e()}); }`;
  }
}

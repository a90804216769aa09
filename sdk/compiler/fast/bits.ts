import { both, type Fast, type FastContext, named, withGuard } from "./fast.ts";
import { asWhole } from "./numbers.ts";

const MOST = 2 ** 31;
const ALL = 2 ** 32;

type Operator = "&" | "|" | "^" | "<<" | ">>" | ">>>";

/** Bit operators on whole numbers of 32 bits, of which JSONata has none: bit by bit, or by powers of two. */
export function bitwise(operator: Operator, left: Fast, right: Fast, context: FastContext): Fast | undefined {
  const [l, r] = [int32(left, context), int32(right, context)];
  if (!l || !r) return undefined;
  const guard = both(l.guard, r.guard);
  if (operator === "<<" || operator === ">>" || operator === ">>>")
    return shifted(operator, l, r.code, guard);
  const bit = (x: Fast): string => `$floor(${unsigned(x.code)} / $power(2, $b)) % 2`;
  const [a, b] = [bit(l), bit(r)];
  const set = { "&": `${a} + ${b} = 2`, "|": `${a} + ${b} > 0`, "^": `${a} + ${b} = 1` }[operator];
  const sum = `$sum($map([0..31], function($b){ ${set} ? $power(2, $b) : 0 }))`;
  return withGuard(number(`($b32 := ${sum}; $b32 >= ${MOST} ? $b32 - ${ALL} : $b32)`), guard);
}

/** By a literal number of places; what is shifted out on the left would have to be cut off, so it goes slow. */
function shifted(operator: Operator, l: Fast, places: string, guard: Fast["guard"]): Fast | undefined {
  const by = Number(places);
  if (!(by >= 0 && by <= 30)) return undefined;
  const power = 2 ** by;
  if (operator === "<<") {
    const code = `(${l.code} * ${power})`;
    return withGuard(number(code), both(guard, `${code} < ${MOST}`, `${code} >= -${MOST}`));
  }
  const from = operator === ">>" ? l.code : unsigned(l.code);
  return withGuard(number(`$floor(${from} / ${power})`), guard);
}

function int32(value: Fast, context: FastContext): Fast | undefined {
  const whole = asWhole(named(value, context));
  const x = whole && named(whole, context);
  return x && withGuard(x, both(x.guard, `${x.code} < ${MOST}`, `${x.code} >= -${MOST}`));
}

const unsigned = (code: string): string => `(${code} < 0 ? ${code} + ${ALL} : ${code})`;

const number = (code: string): Fast => ({ code, type: "number", present: true, bits: 33, whole: true });

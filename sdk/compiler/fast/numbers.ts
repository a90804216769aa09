import type { FastContext } from "./fast.ts";
import { both, type Fast, named, strict, valueCode, withGuard } from "./fast.ts";

const SAFE = 9007199254740991;
/** Results stay far below 2^1024, where jsonata, its JVM port and AWS disagree about Infinity (R6). */
const MOST_BITS = 900;

const isLiteral = (code: string): boolean => /^-?\d/.test(code);

/** The operand as a number within 53 bits, or nothing where it can never be one. */
export function asNumber(fast: Fast): Fast | undefined {
  if (fast.numeric) return fast.numeric;
  if (fast.type === "number") return strict(fast);
  if (fast.type !== "json") return undefined;
  const { code } = fast;
  const guard = [`$type(${code})="number"`, `${code} <= ${SAFE}`, `${code} >= -${SAFE}`];
  const { element: _, exists: __, ...rest } = fast;
  return { ...withGuard(rest, both(fast.guard, guard)), type: "number", present: true, bits: 53 };
}

/** As {@link asNumber}, without a fraction. */
export function asWhole(fast: Fast): Fast | undefined {
  const number = asNumber(fast);
  if (!number || number.whole) return number;
  if (isLiteral(number.code)) return Number.isInteger(Number(number.code)) ? number : undefined;
  return { ...withGuard(number, both(number.guard, `$floor(${number.code}) = ${number.code}`)), whole: true };
}

export function asString(fast: Fast): Fast | undefined {
  if (fast.type === "string") return strict(fast);
  if (fast.type !== "json") return undefined;
  const { element: _, exists: __, numeric: ___, ...rest } = fast;
  const guard = both(fast.guard, `$type(${fast.code})="string"`);
  return { ...withGuard(rest, guard), type: "string", present: true };
}

const bitsOf = (fast: Fast): number => fast.bits ?? 53;

const RESULT_BITS: Record<string, (l: Fast, r: Fast) => number> = {
  "+": (l, r) => Math.max(bitsOf(l), bitsOf(r)) + 1,
  "-": (l, r) => Math.max(bitsOf(l), bitsOf(r)) + 1,
  "*": (l, r) => bitsOf(l) + bitsOf(r),
  "/": (l) => bitsOf(l) + 30,
  "%": (l) => bitsOf(l),
};

const isPositive = (code: string): boolean => Number(code) > 0;
const atLeastZero = (fast: Fast): string => (isPositive(fast.code) ? "true" : `${fast.code} >= 0`);

/** When the result is surely no -0; nothing where it never is. JSON has no -0, so one comes about where a zero meets a sign. */
function signOf(operator: string, code: string, l: Fast, r: Fast): string | undefined {
  if (operator === "+") return l.signed && r.signed && `(${l.signed} or ${r.signed})`;
  if (operator === "-") return l.signed;
  const own = [l.signed, operator === "%" ? undefined : r.signed].flatMap((clause) => clause ?? []);
  const positive = (operator === "%" ? [l] : [l, r]).map(atLeastZero).filter((text) => text !== "true");
  const clause = [...own, ...positive].join(" and ");
  return clause === "" ? undefined : `(${code} != 0 or (${clause}))`;
}

/** `+ - * / %` on numbers. */
export function arithmetic(
  operator: string,
  left: Fast,
  right: Fast,
  context: FastContext,
): Fast | undefined {
  const [l, r] = [operand(left, context), operand(right, context)];
  if (!l || !r) return undefined;
  const bits = RESULT_BITS[operator]?.(l, r) ?? Number.POSITIVE_INFINITY;
  if (bits > MOST_BITS) return undefined;
  let guard = both(l.guard, r.guard);
  if (operator === "/" || operator === "%") {
    if (Number(r.code) === 0) return undefined;
    const constant = isLiteral(r.code);
    if (!constant)
      guard = both(guard, operator === "%" ? `${r.code} != 0` : `(${r.code} >= 1e-9 or ${r.code} <= -1e-9)`);
    else if (operator === "/" && Math.abs(Number(r.code)) < 1e-9) return undefined;
  }
  const code = `(${l.code} ${operator} ${r.code})`;
  const signed = signOf(operator, code, l, r);
  const whole = operator !== "/" && isWhole(l) && isWhole(r);
  const made: Fast = { code, type: "number", present: true, bits };
  return withGuard({ ...made, ...(signed && { signed }), ...(whole && { whole }) }, guard);
}

const isWhole = (fast: Fast): boolean =>
  fast.whole === true || (isLiteral(fast.code) && Number.isInteger(Number(fast.code)));

/** An operand; one that is long, and would be written several times, under a name. */
function operand(fast: Fast, context: FastContext): Fast | undefined {
  const number = asNumber(fast.type === "json" ? named(fast, context) : fast);
  return number && number.code.length > 60 ? named(number, context) : number;
}

/** A computed number leaves as JSON: -0 becomes 0 (R6). */
export function normalised(fast: Fast): string {
  if (fast.element) return valueCode(fast);
  return fast.type === "number" && fast.code.startsWith("(") ? `${fast.code} + 0` : fast.code;
}

import { both, type Fast, strict, withGuard } from "./fast.ts";

const SAFE = 9007199254740991;
/** Results stay far below 2^1024, where jsonata, its JVM port and AWS disagree about Infinity (R6). */
const MOST_BITS = 900;

/** The operand as a number within 53 bits, or nothing where it can never be one. */
export function asNumber(fast: Fast): Fast | undefined {
  if (fast.type === "number") return fast;
  if (fast.type !== "json") return undefined;
  const { code } = fast;
  const guard = [`$type(${code})="number"`, `${code} <= ${SAFE}`, `${code} >= -${SAFE}`];
  return { ...withGuard(fast, both(fast.guard, guard)), type: "number", present: true, bits: 53 };
}

export function asString(fast: Fast): Fast | undefined {
  if (fast.type === "string") return strict(fast);
  if (fast.type !== "json") return undefined;
  return {
    ...withGuard(fast, both(fast.guard, `$type(${fast.code})="string"`)),
    type: "string",
    present: true,
  };
}

const bitsOf = (fast: Fast): number => fast.bits ?? 53;

const RESULT_BITS: Record<string, (l: Fast, r: Fast) => number> = {
  "+": (l, r) => Math.max(bitsOf(l), bitsOf(r)) + 1,
  "-": (l, r) => Math.max(bitsOf(l), bitsOf(r)) + 1,
  "*": (l, r) => bitsOf(l) + bitsOf(r),
  "/": (l) => bitsOf(l) + 30,
  "%": (l) => bitsOf(l),
};

/** JSON has no -0, so that it comes about only where a zero meets a sign. */
function maybeNegativeZero(operator: string, l: Fast, r: Fast): boolean {
  if (operator === "+") return l.negativeZero === true && r.negativeZero === true;
  return operator === "-" ? l.negativeZero === true : true;
}

/** `+ - * / %` on numbers. */
export function arithmetic(operator: string, left: Fast, right: Fast): Fast | undefined {
  const l = asNumber(left);
  const r = asNumber(right);
  if (!l || !r) return undefined;
  const bits = RESULT_BITS[operator]?.(l, r) ?? Number.POSITIVE_INFINITY;
  if (bits > MOST_BITS) return undefined;
  let guard = both(l.guard, r.guard);
  if (operator === "/" || operator === "%") {
    if (Number(r.code) === 0) return undefined;
    const constant = /^\d/.test(r.code);
    if (!constant)
      guard = both(guard, operator === "%" ? `${r.code} != 0` : `(${r.code} >= 1e-9 or ${r.code} <= -1e-9)`);
    else if (operator === "/" && Number(r.code) < 1e-9) return undefined;
  }
  const code = `(${l.code} ${operator} ${r.code})`;
  const negativeZero = maybeNegativeZero(operator, l, r);
  return withGuard({ code, type: "number", present: true, bits, negativeZero }, guard);
}

/** A computed number leaves as JSON: -0 becomes 0 (R6). */
export function normalised(fast: Fast): string {
  if (fast.element) return `($exists(${fast.code}) ? ${fast.code} : null)`;
  return fast.type === "number" && fast.code.startsWith("(") ? `${fast.code} + 0` : fast.code;
}

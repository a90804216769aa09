import type { Expression, Node } from "oxc-parser";
import { bare } from "../parse/ast.ts";
import { arrayOf, lambda, many } from "./array-callbacks.ts";
import { arity, bodyOf } from "./callbacks.ts";
import { both, type Fast, type FastContext, type Guard, part, withGuard } from "./fast.ts";
import { hoisted, withNames } from "./guards.ts";
import { itemOf } from "./members.ts";
import { asNumber, asString } from "./numbers.ts";

/** What the items are compared by: the smaller key first, or the larger. */
interface Key {
  key: Fast;
  descending: boolean;
  type: "number" | "string" | "any";
  /** The comparison never answers 0, so that only keys that differ say an order. */
  strict: boolean;
}

/**
 * `sort` and `toSorted`: by keys that the comparator takes the difference of, or orders by `<` and `>`. Other comparators
 * might contradict themselves, and then every engine sorts otherwise. The JVM engine's sort is not stable, so the
 * position decides last.
 */
export function sorted(
  array: Fast,
  [comparator, ...more]: readonly Node[],
  context: FastContext,
): Fast | undefined {
  if (more.length > 0) return undefined;
  const item = itemOf(array, `$e${context.depth + 1}`);
  const byItself: Key = { key: item, descending: false, type: "string", strict: false };
  const keys = comparator ? keysOf(comparator, item, context) : [byItself];
  if (!keys || keys.length === 0) return undefined;
  const made = keys.map((key, i) => column(array, key, i, context));
  if (made.includes(undefined)) return undefined;
  const columns = made as Column[];
  const whole = part(item);
  if (!whole) return undefined;
  const cells = [`"v": ${whole.code}`, ...columns.map(({ name, code }) => `"${name}": ${code}`)];
  const index = `i${context.depth + 1}`;
  const rows = `$map(${array.code}, function(${item.code}, $${index}){ {"i": $${index}, ${cells.join(", ")}} })`;
  const order = columns.reduceRight((rest, { name, descending }) => {
    const [l, r] = descending ? ["$r", "$l"] : ["$l", "$r"];
    return `(${l}.${name} > ${r}.${name} or ($l.${name} = $r.${name} and ${rest}))`;
  }, "$l.i > $r.i");
  const inOrder = `$sort(${many(rows)}, function($l, $r){ ${order} })`;
  const guard = both(array.guard, ...columns.map((one) => one.guard));
  return arrayOf(many(`$map(${inOrder}, function($v){ $v.v })`), guard, array.shape?.items);
}

interface Column {
  name: string;
  code: string;
  descending: boolean;
  guard: Guard | undefined;
}

/** A key of every item: all of them numbers, or all of them strings. */
function column(array: Fast, key: Key, i: number, context: FastContext): Column | undefined {
  const value = key.type === "any" ? key.key : (key.type === "number" ? asNumber : asString)(key.key);
  if (!value) return undefined;
  const over = lambda(array, value, context, false);
  const all = many(`$map(${array.code}, ${over.head}{ ${over.code} })`);
  const extra: string[] = [];
  if (key.type === "any") {
    const types = ["number", "string"].map(
      (type) => `$not(false in $map(${array.code}, ${over.head}{ $type(${over.code})="${type}" }))`,
    );
    extra.push(`(${types.join(" or ")})`);
  }
  if (key.strict) extra.push(`$count($append([], $distinct(${all})[])) = $count(${array.code})`);
  return { name: `k${i}`, code: over.code, descending: key.descending, guard: both(over.guard, ...extra) };
}

/** The keys that a comparator orders by; nothing where it is of no known form. */
function keysOf(comparator: Node, item: Fast, context: FastContext): Key[] | undefined {
  const callback = bare(comparator as Expression);
  if (callback.type !== "ArrowFunctionExpression" || arity(callback) !== 2) return undefined;
  const { body } = callback;
  const returned =
    body.type === "BlockStatement" && body.body.length === 1 && body.body[0]?.type === "ReturnStatement"
      ? body.body[0].argument
      : body.type === "BlockStatement"
        ? undefined
        : body;
  return returned ? new Comparator(callback, item, context).keys(returned as Expression) : undefined;
}

type Callback = Extract<Node, { type: "ArrowFunctionExpression" }>;

/** Reads a comparator of two parameters as an order of keys. */
class Comparator {
  readonly #callback: Callback;
  readonly #item: Fast;
  readonly #context: FastContext;

  constructor(callback: Callback, item: Fast, context: FastContext) {
    this.#callback = callback;
    this.#item = item;
    this.#context = context;
  }

  keys(node: Expression): Key[] | undefined {
    const inner = bare(node);
    if (inner.type === "LogicalExpression" && inner.operator === "||") {
      const left = this.keys(inner.left);
      const right = this.keys(inner.right);
      return left && right && !left.some(({ strict }) => strict) ? [...left, ...right] : undefined;
    }
    if (inner.type === "BinaryExpression" && inner.operator === "-") {
      const key = this.#key(inner.left as Expression, inner.right, "number", false);
      return key && [key];
    }
    return inner.type === "ConditionalExpression" ? this.#ordered(inner) : undefined;
  }

  /** `a < b ? -1 : a > b ? 1 : 0` in all its spellings, and `a < b ? -1 : 1` of keys that differ. */
  #ordered(node: Extract<Node, { type: "ConditionalExpression" }>): Key[] | undefined {
    const first = this.#test(node.test);
    const yes = sign(node.consequent);
    if (!first || !yes) return undefined;
    const no = sign(node.alternate);
    const descending = first.less === yes > 0;
    if (no !== undefined) {
      const opposite = no === -yes || no === 0;
      return opposite && no !== 0 ? [{ ...first.key, descending, strict: true }] : undefined;
    }
    const other = bare(node.alternate);
    if (other.type !== "ConditionalExpression") return undefined;
    const second = this.#test(other.test);
    const then = sign(other.consequent);
    if (!second || then === undefined || second.key.key.code !== first.key.key.code) return undefined;
    const isOpposite = second.less === first.less ? then === yes : then === -yes;
    if (!isOpposite || second.less === first.less) return undefined;
    const key = { ...first.key, descending };
    if (sign(other.alternate) === 0) return [key];
    const rest = this.keys(other.alternate);
    return rest && [key, ...rest];
  }

  #test(node: Expression): { key: Key; less: boolean } | undefined {
    const inner = bare(node);
    if (inner.type !== "BinaryExpression" || (inner.operator !== "<" && inner.operator !== ">"))
      return undefined;
    const key = this.#key(inner.left as Expression, inner.right, "any", false);
    if (!key) return undefined;
    return { key: { ...key, descending: false }, less: (inner.operator === "<") !== key.descending };
  }

  /** The same key of both items: `descending` where the second item's stands first. */
  #key(left: Expression, right: Expression, type: Key["type"], strict: boolean): Key | undefined {
    const [l, r] = [this.#of(left), this.#of(right)];
    if (!l || !r || l.first === r.first || l.code !== r.code) return undefined;
    return { key: l.key, descending: !l.first, type, strict };
  }

  /** An expression of one of the two items alone. */
  #of(node: Expression): { first: boolean; key: Fast; code: string } | undefined {
    const arrow = { ...this.#callback, body: node } as Callback;
    const other: Fast = { code: "$other", type: "json", present: true, path: true, element: true };
    for (const first of [true, false]) {
      const parameters = first ? [this.#item, other] : [other, this.#item];
      const key = bodyOf(arrow, parameters, this.#context);
      if (!key) return undefined;
      // What is asked of the other item is asked of every item.
      const { outer } = hoisted(key.guard, ["other"]);
      const code = withNames(key.code, key.guard);
      if (/\$other\b/.test(code)) continue;
      return { first, key: withGuard(key, outer), code };
    }
    return undefined;
  }
}

/** 1, -1 or 0 for such a literal, or any other number's sign. */
function sign(node: Expression): -1 | 0 | 1 | undefined {
  const inner = bare(node);
  if (inner.type === "Literal" && typeof inner.value === "number") return Math.sign(inner.value) as 0 | 1;
  if (inner.type !== "UnaryExpression" || inner.operator !== "-") return undefined;
  const positive = sign(inner.argument);
  return positive === undefined ? undefined : (-positive as -1 | 0);
}

import type { Node } from "oxc-parser";
import { stringLiteral } from "../../asl/expression.ts";
import {
  type ArrayMethod,
  arrayOf,
  CALLBACKS,
  flattened,
  indexOf,
  indexWhere,
  lambda,
  many,
} from "./array-callbacks.ts";
import { orNull } from "./crossing.ts";
import { boolean, both, type Fast, type FastContext, here, named, part, strict, withGuard } from "./fast.ts";
import { elementAt, inVariable, itemOf } from "./members.ts";
import { asWhole } from "./numbers.ts";
import { itemsPrint, textOfItems } from "./printing.ts";
import { sorted } from "./sorting.ts";
import { translate } from "./translate.ts";

/** One item, as an array that may be appended: an array there is no list of items. */
export function alone(value: Fast): string {
  if (value.type !== "json") return `[${asItem(value)}]`;
  return `($type(${value.code})="array" ? [[${value.code}]] : [${value.code}])`;
}

/**
 * A value between JSONata's brackets: an array there is taken apart, so that it gets brackets of its own; one that is
 * written with brackets is kept.
 */
export const asItem = ({ type, code }: Fast): string =>
  type === "array" && !code.startsWith("[") ? `[${code}]` : code;

/**
 * A value to be an item, under a name where it is written more than once.
 *
 * @param leaves the list leaves the flow: undefined is null there
 */
export function item(node: Node | undefined, context: FastContext, leaves = false): Fast | undefined {
  const value = node && node.type !== "SpreadElement" ? translate(node, context) : undefined;
  const made = value && part(leaves ? orNull(value) : value);
  return made?.type === "json" ? named(made, context) : made;
}

function concat(array: Fast, args: readonly Node[], context: FastContext): Fast | undefined {
  let whole = array;
  for (const node of args) {
    const more = item(node, context);
    if (!more) return undefined;
    // An argument that is an array gives its items, any other value is one.
    const guard = both(whole.guard, here(more).guard);
    whole = arrayOf(`$append(${whole.code}, ${more.type === "array" ? more.code : ownItems(more)})`, guard);
  }
  return whole;
}

const ownItems = (value: Fast): string => (value.type === "json" ? value.code : `[${value.code}]`);

/** A position as `slice` reads it: from the end where it is negative. */
function position(node: Node, count: string, context: FastContext): Fast | undefined {
  const value = node.type === "SpreadElement" ? undefined : translate(node, context);
  const index = value && asWhole(named(value, context));
  if (!index) return undefined;
  const literal = Number(index.code);
  if (Number.isNaN(literal))
    return { ...index, code: `(${index.code} < 0 ? ${count} + ${index.code} : ${index.code})` };
  return literal < 0 ? { ...index, code: `(${count} - ${-literal})` } : index;
}

function slice(array: Fast, [from, to]: readonly Node[], context: FastContext): Fast | undefined {
  const count = `$count(${array.code})`;
  const start = from && position(from, count, context);
  const end = to && position(to, count, context);
  if ((from && !start) || (to && !end)) return undefined;
  const tests = [start && `$k >= ${start.code}`, end && `$k < ${end.code}`].flatMap((one) => one ?? []);
  const code = many(`$filter(${array.code}, function($v, $k){ ${tests.join(" and ") || "true"} })`);
  return arrayOf(code, both(array.guard, start?.guard, end?.guard), array.shape?.items);
}

/** The value sought, which is a primitive: objects compare by identity. */
function sought(args: readonly Node[], context: FastContext): Fast | undefined {
  const [node, ...more] = args;
  const value =
    node && more.length === 0 && node.type !== "SpreadElement" ? translate(node, context) : undefined;
  if (!value) return undefined;
  if (["string", "number", "boolean"].includes(value.type)) return strict(value);
  if (value.type !== "json") return undefined;
  const x = strict(named(value, context));
  return withGuard(x, both(x.guard, `$type(${x.code}) in ["string","number","boolean"]`));
}

function includes(array: Fast, args: readonly Node[], context: FastContext): Fast | undefined {
  const value = sought(args, context);
  return value && boolean(`(${value.code} in ${array.code})`, both(array.guard, value.guard));
}

const whereIs =
  (at: 0 | -1): ArrayMethod =>
  (array, args, context) => {
    const value = sought(args, context);
    if (!value) return undefined;
    const one = itemOf(array, `$e${context.depth + 1}`);
    const x = named(value, context);
    const equal = boolean(`(${one.code} = ${x.code})`);
    const over = lambda(array, equal, context, true);
    return indexWhere(array, { ...over, guard: both(over.guard, x.guard) }, at, context);
  };

/** `join` of values that print alike everywhere. */
function join(array: Fast, [node, ...more]: readonly Node[], context: FastContext): Fast | undefined {
  const separator = node ? translate(node, context) : undefined;
  if (more.length > 0 || (node && separator?.type !== "string")) return undefined;
  const between = separator ? strict(separator) : undefined;
  const isText = array.shape?.items?.type === "string";
  const guard = both(array.guard, isText ? undefined : itemsPrint(array.code), between?.guard);
  const by = between?.code ?? stringLiteral(",");
  const code = isText ? `$join(${array.code}, ${by})` : textOfItems(array.code, by);
  return withGuard({ code, type: "string", present: true }, guard);
}

function at(array: Fast, [node, ...more]: readonly Node[], context: FastContext): Fast | undefined {
  const index =
    node && more.length === 0 && node.type !== "SpreadElement" ? translate(node, context) : undefined;
  if (!index) return undefined;
  const literal = Number(index.code);
  if (!(literal < 0)) return elementAt(array, index, context);
  const list = inVariable(array, context);
  return withGuard(
    itemOf(list, `${list.code}[${literal}]`, `$count(${list.code}) >= ${-literal}`),
    list.guard,
  );
}

function reverse(array: Fast, args: readonly Node[]): Fast | undefined {
  if (args.length > 0) return undefined;
  return arrayOf(`$reverse(${array.code})`, array.guard, array.shape?.items);
}

function flat(array: Fast, [depth, ...more]: readonly Node[], context: FastContext): Fast | undefined {
  if (more.length > 0 || (depth && !(depth.type === "Literal" && depth.value === 1))) return undefined;
  return flattened(array, context);
}

/** `entries`, `keys` and `values` stand only where their iterator is used up at once. */
function entries(array: Fast, args: readonly Node[], context: FastContext): Fast | undefined {
  if (args.length > 0) return undefined;
  const value = part(itemOf(array, `$e${context.depth + 1}`));
  const index = indexOf(context);
  if (!value) return undefined;
  const code = `$append([${index.code}], ${alone(value)})`;
  const over = lambda(array, { code, type: "array", present: true, own: true }, context, true);
  return arrayOf(many(`$map(${array.code}, ${over.head}{ ${over.code} })`), over.guard, { type: "array" });
}

function keys(array: Fast, args: readonly Node[]): Fast | undefined {
  if (args.length > 0) return undefined;
  const code = many(`$map(${array.code}, function($v, $k){ $k })`);
  return arrayOf(code, array.guard, { type: "number", bits: 32, whole: true });
}

const values: ArrayMethod = (array, args) => (args.length > 0 ? undefined : array);

export const ARRAY_METHODS: Record<string, ArrayMethod> = {
  ...CALLBACKS,
  at,
  concat,
  entries,
  flat,
  includes,
  indexOf: whereIs(0),
  join,
  keys,
  lastIndexOf: whereIs(-1),
  reverse,
  slice,
  sort: sorted,
  toReversed: reverse,
  toSorted: sorted,
  values,
};

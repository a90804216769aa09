import type { Expression, Node } from "oxc-parser";
import { CANCELLED, ERROR_KEY, REFUSED } from "../../model/protocol.ts";
import { both, type FastContext, type Guard, type Line, lenient, named, part } from "../fast/fast.ts";
import { type Raise, withNames } from "../fast/guards.ts";
import { bindPattern } from "../fast/patterns.ts";
import { isObjectOrThrows, isSomething, ofIterated, quotedOf } from "../fast/total.ts";
import { fromBinding, translate } from "../fast/translate.ts";
import type { Check, Definition } from "../graph.ts";
import { bare, memberName } from "../parse/ast.ts";
import { consoleCall, type Level } from "../parse/console.ts";
import { assign } from "./assign.ts";
import { partsOf } from "./template.ts";

type Checked = Guard | undefined | "inline";

/** The guard under which none of the checks throws, or that only JavaScript can tell. */
export function checksGuard(checks: readonly Check[], context: FastContext): Checked {
  let guard: Guard | undefined;
  for (const check of checks) {
    const one = checkGuard(check, context);
    if (one === "inline") return "inline";
    guard = both(guard, one);
  }
  return guard;
}

function checkGuard(check: Check, context: FastContext): Checked {
  if (check.kind === "settled") {
    const code = context.code(check.binding);
    const lost = check.binding.role === "tolerated" ? [`$not($exists(${code}.\`$runlet.lost\`))`] : [];
    return [settledCheck(code), ...lost];
  }
  if (check.kind === "definition") return definitionGuard(check.definition, context);
  return assign(check.assignment, context);
}

/** No item failed; else the failure that plain Node's `await` would throw: see `runtime/settled-failure.ts`. */
function settledCheck(code: string): Raise {
  const errors = `${code}.\`${ERROR_KEY}\``;
  const rank = (one: string): string =>
    `(${one}.Error = "${CANCELLED}" ? 0 : ${one}.Error = "${REFUSED}" ? 1 : 2)`;
  const turn = (one: string): string => `($exists(${one}.Turn) ? ${one}.Turn : 1)`;
  const at = (one: string): string => `($exists(${one}.At) ? ${one}.At : "")`;
  const byTurn = `${turn("$r_b")} < ${turn("$r_a")}`;
  const earlier = `${rank("$r_b")} != ${rank("$r_a")} ? ${rank("$r_b")} < ${rank("$r_a")} : ${turn("$r_b")} <= 0 or ${turn("$r_a")} <= 0 or ${at("$r_b")} = ${at("$r_a")} ? ${byTurn} : ${at("$r_b")} < ${at("$r_a")}`;
  const first = `$reduce($append([], ${errors}[]), function($r_a, $r_b){ (${earlier}) ? $r_b : $r_a })`;
  const field = (key: string, none: string): string =>
    `"${key}": ($exists($r_e.${key}) and $r_e.${key} != null ? $r_e.${key} : ${none})`;
  return {
    test: `$not($exists(${errors}))`,
    raise: `($r_e := ${first}; {${field("Error", '"Error"')}, ${field("Cause", '""')}})`,
    limits: true,
  };
}

function definitionGuard(definition: Definition, context: FastContext): Checked {
  if (definition.element) return undefined;
  const { pattern, init, source, form } = definition;
  if (init && form) return operandGuard(init, form, context);
  const line = init && !pattern ? consoleCall(init) : undefined;
  if (line) return lineGuard(line.level, line.call.arguments, context);
  if (!pattern || pattern.type === "Identifier") return init ? quietGuard(init, context) : undefined;
  // Destructuring throws where a base is null or undefined, and a default may throw.
  const inside = init && pattern.type === "ArrayPattern" ? ofIterated(init, context) : context;
  const whole = source ? fromBinding(source, context) : init && translate(init, inside);
  const quoted = source ? "parameter" : init && quotedOf(init, context);
  const bound = whole && bindPattern(pattern, whole, context, undefined, quoted);
  return bound ? both(whole.guard, bound.guard) : "inline";
}

/** Longer texts would not fit beside a task's arguments. */
const MOST_TEXT = 2_000;

/** A line goes along with a call where it is made of texts, numbers and the like; anything else is JavaScript's to print. */
function lineGuard(level: Level, args: readonly Node[], context: FastContext): Checked {
  if (!context.lines) return "inline";
  const line: Line = { level, args: [] };
  let guard: Guard | undefined;
  for (const argument of args) {
    const fast = argument.type === "SpreadElement" ? undefined : translate(argument as Expression, context);
    const value = fast && part(named(fast, context));
    if (!value || value.type === "array" || value.type === "object") return "inline";
    const { code, type } = value;
    const isShort = `$length(${code}) <= ${MOST_TEXT}`;
    const asked =
      type === "json"
        ? `($type(${code})="string" ? ${isShort} : $type(${code}) in ["number","boolean","null"])`
        : type === "string"
          ? isShort
          : undefined;
    guard = both(guard, value.guard, asked);
    line.args.push(withNames(code, value.guard));
  }
  context.lines.push(line);
  return guard;
}

/** The guard under which an expression does not throw; its value does not matter here. */
function quietGuard(node: Expression, context: FastContext): Checked {
  // Evaluated where it was defined, an awaited result, or a constant of the module.
  if (context.uses.has(node) || node.type === "Identifier") return undefined;
  const inner = bare(node);
  if (inner !== node) return quietGuard(inner, context);
  const parts = partsOf(node, context);
  if (parts) {
    let guard: Guard | undefined;
    for (const part of parts) {
      const one = quietGuard(part, context);
      if (one === "inline") return "inline";
      guard = both(guard, one);
    }
    return guard;
  }
  if (node.type === "MemberExpression" && !node.optional && !node.computed) return memberGuard(node, context);
  const fast = translate(node, context);
  return fast ? fast.guard : "inline";
}

/** Reading a member of anything but null and undefined is quiet. */
function memberGuard(node: Extract<Node, { type: "MemberExpression" }>, context: FastContext): Checked {
  const object = translate(node.object, context);
  if (!object) {
    const fast = translate(node, context); // of a literal
    return fast ? fast.guard : "inline";
  }
  if (object.type === "null" || object.type === "undefined") return "inline";
  if (object.type !== "json") return object.guard;
  const name = memberName(node);
  if (!context.total) {
    const value = named(object, context);
    const test = `(${value.code} != null)`;
    return both(value.guard, name === undefined ? test : isObjectOrThrows(value, name, test));
  }
  if (name === undefined) return both(object.guard, `(${object.code} != null)`);
  const value = named(object, context);
  return both(value.guard, isSomething(value, name));
}

/** What JavaScript does with an operand before it evaluates the next one: it may throw, too. */
function operandGuard(
  init: Expression,
  form: NonNullable<Definition["form"]>,
  context: FastContext,
): Checked {
  if (form === "member") {
    const callee = bare(init);
    return callee.type === "MemberExpression" && !callee.computed ? memberGuard(callee, context) : "inline";
  }
  const fast = translate(init, context);
  if (!fast || fast.type === "null" || fast.type === "undefined") return "inline";
  const isList = form === "spread" || form === "argument" || form === "iterated" || form === "awaited";
  if (isList && (fast.type === "array" || fast.type === "string")) return fast.guard;
  if (isList) return fast.type === "json" ? both(fast.guard, `$type(${fast.code})="array"`) : "inline";
  if (fast.type === "array") return "inline";
  const value = lenient(fast);
  return fast.type === "json"
    ? both(value.guard, `$not($type(${fast.code}) in ["array","object"])`)
    : value.guard;
}

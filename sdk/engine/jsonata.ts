import type { Json } from "../model/json.ts";
import { ExpressionError, runtimeFailure } from "./errors.ts";
import { type Parsed, parse, walk } from "./jsonata-ast.ts";
import { InternalError } from "./jsonata-builtins.ts";
import { type Direct, direct, reference } from "./jsonata-direct.ts";
import { ADDED_FUNCTIONS, EngineLimit, type EvaluationContext, SIGNATURES } from "./jsonata-functions.ts";
import { deepRecursion, Guard, LimitExceeded, needsGuard, sideBySide } from "./jsonata-guard.ts";
import { harden } from "./jsonata-harden.ts";
import { toPlain, UnsupportedResult } from "./plain.ts";
import type { Variables } from "./variables.ts";

/** What an expression can see. */
export interface ExpressionScope {
  variables: Variables;
  /** `$states`: input, context, and where the field allows it result or errorOutput. */
  states: Readonly<Record<string, Json>>;
  context: EvaluationContext;
}

interface Prepared {
  /** There when the evaluation has to be watched: the nodes that would be evaluated side by side. */
  parts: ReadonlyMap<object, object> | undefined;
  parsed: Parsed;
  /** There when the expression is a pure reference such as `$states.input.a.b`. */
  reference: Direct | undefined;
  /** There when it is plain. */
  plain: Direct | undefined;
  /** Names of variables that the expression mentions, without the `$`. */
  mentions: string[];
  /** Added functions that it mentions: only those are bound. */
  functions: string[];
}

/** Parsing costs several times what evaluating does, and a machine evaluates the same texts again and again. */
const MAX_PREPARED = 10_000;
const prepared = new Map<string, Prepared>();

/** @throws JsonataSyntaxError */
export function prepare(text: string): Prepared {
  const known = prepared.get(text);
  if (known) return known;
  const parsed = parse(text);
  const pure = reference(parsed.ast, false);
  harden(parsed.ast);
  const parts = needsGuard(parsed.ast) ? sideBySide(parsed.ast) : undefined;
  const names = new Set<string>();
  walk(parsed.ast, (node) => {
    if (node.type === "variable") names.add(String(node.value));
  });
  const mentions = [...names].filter((name) => name !== "" && name !== "$");
  const functions = mentions.filter((name) => Object.hasOwn(ADDED_FUNCTIONS, name));
  const plain = direct(parsed.ast, parts !== undefined);
  const made: Prepared = { parts, parsed, reference: pure, plain, mentions, functions };
  registerFunctions(made);
  if (parts) watch(parsed.expression);
  if (prepared.size >= MAX_PREPARED) prepared.clear();
  prepared.set(text, made);
  return made;
}

/** The hidden binding that carries the evaluation's context to the functions; no expression can name it. */
const CONTEXT = "evaluation context";

/** The hidden binding of what watches the evaluation. */
const GUARD = "evaluation guard";

/** Makes JSONata tell the guard of every node that it enters and leaves. */
function watch(expression: Parsed["expression"]): void {
  type Hook = (node: object, input: unknown, environment: Focus["environment"], result?: unknown) => unknown;
  const guardOf = (environment: Focus["environment"]): Guard => environment.lookup(GUARD) as Guard;
  const hook = (name: string, call: Hook): void =>
    // The library looks its hooks up by symbols, and types names only.
    expression.assign(Symbol.for(`jsonata.__evaluate_${name}`) as unknown as string, call);
  hook("entry", (node, _input, environment) => guardOf(environment).enter(node));
  hook("exit", (node, _input, environment, result) => guardOf(environment).leave(node, result));
}

interface Focus {
  environment: { lookup(name: string): unknown };
}

function registerFunctions({ parsed: { expression }, functions }: Prepared): void {
  const contextOf = (focus: Focus): EvaluationContext =>
    focus.environment.lookup(CONTEXT) as EvaluationContext;
  for (const name of functions) {
    const make = ADDED_FUNCTIONS[name];
    if (!make) continue;
    expression.registerFunction(
      name,
      function (this: unknown, ...values: unknown[]) {
        return make(contextOf(this as Focus))(...values);
      },
      SIGNATURES[name],
    );
  }
}

/**
 * The value of an expression. A plain one is evaluated at once; all else goes through JSONata and is a promise.
 *
 * @param later whether only pure references are plain
 * @throws ExpressionError (or rejects with it) in the words of AWS; StateFailure States.Runtime for what the engine
 * cannot evaluate as AWS would
 */
export function evaluate(
  text: string,
  location: string,
  scope: ExpressionScope,
  later = false,
): Json | Promise<Json> {
  const ready = prepare(text);
  const value = (later ? ready.reference : (ready.reference ?? ready.plain))?.(scope);
  if (value !== undefined) return Object.is(value, -0) ? 0 : value;
  return evaluateWhole(ready, text, location, scope);
}

async function evaluateWhole(
  ready: Prepared,
  text: string,
  location: string,
  { variables, states, context }: ExpressionScope,
): Promise<Json> {
  const bindings: Record<string, unknown> = { [CONTEXT]: context };
  if (ready.parts) bindings[GUARD] = new Guard(ready.parts);
  for (const name of ready.mentions) {
    if (name === "states") bindings["states"] = states;
    else if (Object.hasOwn(variables, name)) bindings[name] = variables[name];
    else if (name === "now") bindings["now"] = clockFunction("now", context);
    else if (name === "millis") bindings["millis"] = clockFunction("millis", context);
    else if (name === "eval") bindings["eval"] = undefined; // AWS has no $eval: "attempted to invoke a non-function"
  }
  let result: unknown;
  try {
    result = await ready.parsed.expression.evaluate(undefined, bindings);
  } catch (thrown) {
    throw evaluationError(text, location, thrown);
  }
  if (result === undefined) throw ExpressionError.undefinedResult(text, location);
  try {
    return toPlain(result);
  } catch (thrown) {
    throw thrown instanceof UnsupportedResult ? ExpressionError.unsupported(text, location) : thrown;
  }
}

function evaluationError(text: string, location: string, thrown: unknown): Error {
  if (thrown instanceof RangeError) return ExpressionError.limited(text, location, deepRecursion().message);
  if (thrown instanceof LimitExceeded) return ExpressionError.limited(text, location, thrown.message);
  if (thrown instanceof InternalError) return ExpressionError.internal(text, location, thrown.message);
  const { code, message } = thrown as { code?: unknown; message?: unknown };
  if (typeof code === "string") return ExpressionError.threw(text, location, `${code}: ${String(message)}`);
  const what =
    thrown instanceof EngineLimit ? thrown.message : `an expression on which the library fails: ${message}`;
  return runtimeFailure(`RLT3002: The engine does not evaluate ${what} ('${text}' in '${location}').`);
}

/** `$now` and `$millis` of the injected clock; the picture and zone of `$now` are formatted by JSONata itself. */
function clockFunction(name: "now" | "millis", context: EvaluationContext): unknown {
  if (name === "millis") return () => context.now;
  return (picture?: unknown, zone?: unknown): unknown => {
    if (picture === undefined && zone === undefined) return new Date(context.now).toISOString();
    return FROM_MILLIS.evaluate(undefined, { t: context.now, p: picture, z: zone });
  };
}

const FROM_MILLIS = parse("$fromMillis($t, $p, $z)").expression;

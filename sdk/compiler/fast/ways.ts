import type { Expression, Node } from "oxc-parser";
import { childrenOf } from "../parse/ast.ts";
import { both, type Fast, type FastContext, lenient, named, withGuard } from "./fast.ts";
import { silent } from "./guards.ts";
import { leaves, returns } from "./leaving.ts";
import { foldLoop } from "./loops.ts";
import { contextOf, type Ends, type Jump, run, type State } from "./statements.ts";
import { translate } from "./translate.ts";
import { foldWhile } from "./while.ts";

type Of<T extends Node["type"]> = Extract<Node, { type: T }>;

/** A `switch` as a chain of `if`s over one value; a body falls through to the next ones by having them behind it. */
export function switched(
  node: Of<"SwitchStatement">,
  rest: readonly Node[],
  state: State,
  context: FastContext,
  ends: Ends,
): Fast | undefined {
  const translated = translate(node.discriminant, contextOf(context, state));
  if (!translated) return undefined;
  const on = lenient(named(translated, context));
  const given = new Map([...context.given, [node.discriminant as Node, withGuard(on, undefined)] as const]);
  const goOn = (after: State): Fast | undefined => run(rest, { ...after, guard: undefined }, context, ends);
  const chain = chainOf(node);
  const before: State = { ...state, guard: both(state.guard, on.guard) };
  return run(chain ? [chain] : [], before, { ...context, given }, { ...ends, end: goOn, broken: goOn });
}

/** `if (on === a) { … } else if (on === b) { … } else { default }`. */
function chainOf({ discriminant, cases }: Of<"SwitchStatement">): Node | undefined {
  const fallback = cases.findIndex(({ test }) => test === null);
  let chain: Node | undefined = fallback < 0 ? undefined : bodyFrom(cases, fallback);
  for (const [i, { test }] of [...cases.entries()].reverse()) {
    if (!test) continue;
    const { start, end } = test;
    const equal = { type: "BinaryExpression", operator: "===", left: discriminant, right: test, start, end };
    const consequent = bodyFrom(cases, i);
    chain = { type: "IfStatement", test: equal, consequent, alternate: chain ?? null, start, end } as Node;
  }
  return chain;
}

/** The statements from a case on, up to the first that surely leaves. */
function bodyFrom(cases: Of<"SwitchStatement">["cases"], from: number): Node {
  const all = cases.slice(from).flatMap(({ consequent }) => consequent as Node[]);
  const flat = all.flatMap((one) =>
    one.type === "BlockStatement" && endsInBreak(one) ? unblocked(one) : [one],
  );
  const at = flat.findIndex((one) => isPlainBreak(one) || one.type === "ReturnStatement");
  const body = at < 0 ? flat : flat.slice(0, isPlainBreak(flat[at] as Node) ? at : at + 1);
  const { start, end } = cases[from] as Node;
  return { type: "BlockStatement", body, start, end } as Node;
}

const isPlainBreak = (node: Node): boolean => node.type === "BreakStatement" && node.label === null;

const endsInBreak = ({ body }: Of<"BlockStatement">): boolean => {
  const last = body.at(-1);
  return last !== undefined && isPlainBreak(last);
};

/** `{ a; break; }`: the block without its end, and its end. */
function unblocked(block: Of<"BlockStatement">): Node[] {
  const last = block.body.at(-1) as Node;
  return [{ ...block, body: block.body.slice(0, -1) } as Node, last];
}

/** A label: of a loop, or of a block that a `break` leaves. */
export function labelled(
  { label, body }: Of<"LabeledStatement">,
  state: State,
  context: FastContext,
  ends: Ends,
  next: (after: State) => Fast | undefined,
): Fast | undefined {
  const { name } = label;
  if (body.type === "ForOfStatement" || body.type === "ForStatement" || body.type === "ForInStatement")
    return (
      foldLoop(body, state, context, ends, next, name) ?? foldWhile(body, state, context, ends, next, name)
    );
  if (body.type === "WhileStatement" || body.type === "DoWhileStatement")
    return foldWhile(body, state, context, ends, next, name);
  const goOn = (after: State): Fast | undefined => next({ ...after, guard: undefined });
  return run([body], state, context, {
    ...ends,
    end: goOn,
    jumped: (after, jump) => (jump.label?.name === name ? goOn(after) : ends.jumped?.(after, jump)),
  });
}

/**
 * A `try`: where nothing throws, which its guard says, the handler has nothing to do; `finally` stands on each way out.
 * Anything else is the inline step's: what fails here is not thrown, but caught.
 */
export function tried(
  statement: Of<"TryStatement">,
  rest: readonly Node[],
  state: State,
  context: FastContext,
  ends: Ends,
): Fast | undefined {
  const made = untroubled(statement, rest, { ...state, guard: undefined }, context, ends);
  return made && withGuard(made, both(state.guard, silent(made.guard)));
}

function untroubled(
  { block, finalizer }: Of<"TryStatement">,
  rest: readonly Node[],
  state: State,
  context: FastContext,
  ends: Ends,
): Fast | undefined {
  const goOn = (after: State): Fast | undefined => run(rest, { ...after, guard: undefined }, context, ends);
  if (!finalizer) return run([block], state, context, { ...ends, end: goOn });
  // What was returned already would change with what its name stands for.
  if (leaves(finalizer) || (returns(block) && changesInPlace(finalizer))) return undefined;
  const finish = (after: State, then: (at: State) => Fast | undefined): Fast | undefined =>
    run([finalizer], { ...after, guard: undefined }, context, {
      end: (at) => then({ ...at, guard: undefined }),
    });
  const { returned, broken, continued, jumped } = ends;
  const through = (to: typeof broken): NonNullable<typeof broken> => {
    return (after: State, jump?: Jump) => finish(after, (at) => to?.(at, jump));
  };
  return run([block], state, context, {
    ...(ends.asked && { asked: ends.asked }),
    end: (after) => finish(after, goOn),
    ...(returned && { returned: (value, after) => finish(after, (at) => returned(value, at)) }),
    ...(broken && { broken: through(broken) }),
    ...(continued && { continued: through(continued) }),
    ...(jumped && { jumped: (after, jump) => finish(after, (at) => jumped(at, jump)) }),
  });
}

/** Anything but plain variables may be changed. */
function changesInPlace(node: Node): boolean {
  if (node.type === "CallExpression") return true;
  const target =
    node.type === "AssignmentExpression"
      ? (node.left as Node)
      : node.type === "UpdateExpression" || node.type === "UnaryExpression"
        ? (node.argument as Expression)
        : undefined;
  return target?.type === "MemberExpression" || childrenOf(node).some(changesInPlace);
}

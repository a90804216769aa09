import type { Expression, Node } from "oxc-parser";
import { evaluated } from "./evaluated.ts";
import { both, type Fast, type FastContext, named, withGuard } from "./fast.ts";
import { changedSlots, fold } from "./fold.ts";
import { choice, test } from "./operators.ts";
import { contextOf, declaredNames, type Ends, hidden, type Jump, run, type State } from "./statements.ts";

type Of<T extends Node["type"]> = Extract<Node, { type: T }>;
type Loop = Of<"WhileStatement"> | Of<"DoWhileStatement"> | Of<"ForStatement">;

/** A loop that takes more turns is the inline step's: each of so many is looked at, whether it is taken or not. */
const MOST_TURNS = 100;

/** \`while\`, \`do\`, and a \`for\` whose turns nobody knows beforehand: a fold over so many turns, which stops by itself. */
export function foldWhile(
  loop: Node,
  state: State,
  outer: FastContext,
  ends: Ends,
  next: (after: State) => Fast | undefined,
  label?: string,
): Fast | undefined {
  if (loop.type !== "ForStatement") {
    if (loop.type !== "WhileStatement" && loop.type !== "DoWhileStatement") return undefined;
    return turns(loop, state, outer, ends, next, label);
  }
  const { init } = loop;
  if (!init) return turns(loop, state, outer, ends, next, label);
  const isDeclaration = init.type === "VariableDeclaration";
  const first = isDeclaration ? init : ({ ...init, type: "ExpressionStatement", expression: init } as Node);
  const own = isDeclaration ? declaredNames([init]) : [];
  const goOn = (after: State): Fast | undefined => next(hidden(after, state, own));
  return run([first], state, outer, {
    end: (begun) => turns(loop, { ...begun, guard: undefined }, outer, ends, goOn, label),
  });
}

function turns(
  loop: Loop,
  state: State,
  outer: FastContext,
  ends: Ends,
  next: (after: State) => Fast | undefined,
  label: string | undefined,
): Fast | undefined {
  const inside = contextOf(outer, state);
  const update = loop.type === "ForStatement" ? loop.update : null;
  const parts = [loop.body, loop.test, update].flatMap((part) => (part as Node | null) ?? []);
  const slots = changedSlots(parts, state, inside);
  if (!slots) return undefined;
  const list: Fast = { code: `[1..${MOST_TURNS}]`, type: "array", present: true, own: true };
  const turn = (begun: State, context: FastContext, ways: Ends): Fast | undefined => {
    const stops = ways.broken ?? ways.end;
    const isOwn = (jump: Jump): boolean => jump.type === "ContinueStatement" && jump.label?.name === label;
    /** What decides about a turn, with what it leaves the loop with. */
    const asked = (at: State, yes: (at: State) => Fast | undefined): Fast | undefined =>
      loop.test ? decided(loop.test, at, context, yes, stops) : yes(at);
    if (loop.type === "DoWhileStatement") {
      const again = (at: State): Fast | undefined => asked({ ...at, guard: undefined }, ways.end);
      return run([loop.body], begun, context, {
        ...ways,
        end: again,
        continued: again,
        jumped: (at, jump) => (isOwn(jump) ? again(at) : ways.jumped?.(at, jump)),
      });
    }
    const updated = (at: State): Fast | undefined => {
      if (!update) return ways.end(at);
      const statement = { ...update, type: "ExpressionStatement", expression: update } as unknown as Node;
      return run([statement], { ...at, guard: undefined }, context, { end: ways.end });
    };
    const made = asked({ ...begun, guard: undefined }, (at) =>
      run([loop.body], at, context, {
        ...ways,
        end: updated,
        continued: updated,
        jumped: (after, jump) => (isOwn(jump) ? updated(after) : ways.jumped?.(after, jump)),
      }),
    );
    return made && withGuard(made, both(begun.guard, made.guard));
  };
  return fold({ list, slots, label, stops: true, turn }, state, inside, ends, next);
}

function decided(
  node: Expression,
  at: State,
  context: FastContext,
  yes: (at: State) => Fast | undefined,
  no: (at: State) => Fast | undefined,
): Fast | undefined {
  const asked = evaluated(node, at, context, test);
  if (!asked) return undefined;
  const condition = named({ ...asked.value, path: false }, context);
  const after: State = { ...asked.state, guard: undefined };
  const goesOn = yes(after);
  const stops = goesOn && no(after);
  const made = stops && choice(withGuard(condition, undefined), goesOn, stops);
  return made && withGuard(made, both(asked.state.guard, condition.guard, made.guard));
}

import type { Node } from "oxc-parser";
import { Diagnostics } from "../diagnostics.ts";
import { Scope } from "../lower/scope.ts";
import type { Declared, Module } from "../parse/module.ts";
import { checkCallbackBody } from "./callback.ts";
import { type CheckContext, checkPure, report } from "./pure.ts";

type Helper = Extract<Declared, { kind: "function" }>;
type Constant = Extract<Declared, { kind: "constant" }>;

/** Answers by reader, since a function may be called from many places; a function under way is taken to be pure. */
const known = new WeakMap<object, Map<Node, string | undefined>>();

/** The functions of modules that flows call, by reader. */
const called = new WeakMap<object, Set<Helper>>();

/** The functions of modules that flows call, with those that they call. */
export const helpersOf = (reader: object): ReadonlySet<Helper> => called.get(reader) ?? new Set();

/**
 * A synchronous function of a module, called in a flow body: what it does must be what a flow body may do. It runs as it
 * stands, in an inline step.
 */
export function checkHelper(context: CheckContext, helper: Helper, at: Node): void {
  const answers = known.get(context.reader) ?? new Map<Node, string | undefined>();
  known.set(context.reader, answers);
  if (!answers.has(helper.fn)) {
    called.set(context.reader, (called.get(context.reader) ?? new Set()).add(helper));
    answers.set(helper.fn, undefined);
    answers.set(helper.fn, firstMistake(context, helper));
  }
  const mistake = answers.get(helper.fn);
  if (mistake !== undefined)
    report(context, "RLT1305", at, `"${helper.name}" cannot run in a flow body: ${mistake}`);
}

function firstMistake(context: CheckContext, { fn, module }: Helper): string | undefined {
  const mistake = mistakeIn(context, module, (inner) => checkCallbackBody(inner, fn, new Scope()));
  return mistake && `${mistake.message} (${mistake.place})`;
}

/** A constant of a module whose value is the same in every process: made of literals and of what is pure. */
export function isPureConstant(context: CheckContext, { init, module }: Constant): boolean {
  const answers = known.get(context.reader) ?? new Map<Node, string | undefined>();
  known.set(context.reader, answers);
  if (!answers.has(init)) {
    answers.set(init, undefined);
    const mistake = mistakeIn(context, module, (inner) => {
      inner.loads = true;
      checkPure(inner, init, new Scope());
    });
    answers.set(init, mistake?.message);
  }
  return answers.get(init) === undefined;
}

/** What a check of other code than the flow's own finds first. */
function mistakeIn(
  context: CheckContext,
  module: Module,
  check: (inner: CheckContext) => void,
): { message: string; place: string } | undefined {
  const diagnostics = new Diagnostics();
  const inner: CheckContext = { reader: context.reader, module, diagnostics, uses: new Map() };
  check(inner);
  if (inner.seesKeys) context.seesKeys = true;
  const [first] = diagnostics.sorted();
  if (!first) return undefined;
  const file = module.source.path.slice(module.source.path.lastIndexOf("/") + 1);
  return { message: first.message, place: `${file}:${first.line}` };
}

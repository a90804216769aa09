import type { CallExpression, Expression, Node } from "oxc-parser";
import { report } from "../check/pure.ts";

import type { Binding, WaitNode } from "../graph.ts";
import { bare, isFunction, memberName } from "../parse/ast.ts";

import type { Declared, FlowDeclaration, TaskDeclaration } from "../parse/module.ts";
import { lowerAwaitedValue } from "./awaited-value.ts";
import { type Chain, chainOf, lowerChained } from "./chained.ts";
import { futureOf, lowerAwaitedFuture, lowerSubmit } from "./futures.ts";
import { type Inlinable, lowerInlined } from "./inlined.ts";
import type { Lowering, Place } from "./lowering.ts";
import { lowerTaskMap } from "./map.ts";
import { lowerPromise } from "./parallel.ts";
import { Scope } from "./scope.ts";
import { lowerSettledAwait } from "./settled-awaits.ts";
import { lowerStep } from "./step.ts";
import { lowerSubflow } from "./subflow.ts";
import { lowerWait, waitOf } from "./wait.ts";
import { checkOptionsOf, taskWith } from "./with-options.ts";

/** The combinators that compile. */
export type PromiseMethod = "all" | "allSettled";

type Target =
  | { kind: "step" | "submit" | "taskMap"; task: TaskDeclaration }
  | { kind: "promise"; method: string }
  | ({ kind: "function" } & Inlinable)
  | { kind: "wait"; wait: WaitNode["wait"] }
  | { kind: "flow"; flow: FlowDeclaration; waits: boolean }
  | { kind: "chain"; chain: Chain }
  | { kind: "member"; name: string; of: "flow" | "task" };

type Named = Extract<Node, { type: "Identifier" }>;

/** What an awaited call calls, or nothing when it is no call of ours. */
export function targetOf(lowering: Lowering, place: Place, call: CallExpression): Target | undefined {
  const { reader } = lowering.context;
  const callee = bare(call.callee);
  const global = (one: Named): Declared | undefined =>
    place.scope.find(one.name) ? undefined : reader.named(one);
  const wait = waitOf(lowering, place, call);
  if (wait) return { kind: "wait", wait };
  const chain = chainOf(lowering, place, call);
  if (chain) return { kind: "chain", chain };
  const made = taskWith(lowering, place, callee);
  if (made) return { kind: "step", task: made };
  if (callee.type === "Identifier")
    return functionTarget(lowering, place, callee) ?? namedTarget(global(callee));
  if (isFunction(callee) && callee.async) return { kind: "function", fn: callee, scope: place.scope };
  const mapped = callee.type === "MemberExpression" && taskWith(lowering, place, callee.object);
  if (mapped) return memberTarget(mapped, memberName(callee) ?? "");
  if (callee.type !== "MemberExpression" || callee.object.type !== "Identifier") return undefined;
  const method = memberName(callee) ?? "";
  const object = global(callee.object);
  if (object?.kind === "task") return memberTarget(object, method);
  if (object?.kind === "flow")
    return method === "start"
      ? { kind: "flow", flow: object, waits: false }
      : { kind: "member", name: method, of: "flow" };
  if (object?.kind === "namespace") {
    const exported = reader.exported(object.module, method);
    return asyncTarget(exported) ?? namedTarget(exported);
  }
  if (!object && callee.object.name === "Promise" && !place.scope.find("Promise"))
    return { kind: "promise", method };
  return undefined;
}

const memberTarget = (task: TaskDeclaration, method: string): Target =>
  method === "map" || method === "submit"
    ? { kind: method === "map" ? "taskMap" : "submit", task }
    : { kind: "member", name: method, of: "task" };

function namedTarget(declared: Declared | undefined): Target | undefined {
  if (declared?.kind === "task") return { kind: "step", task: declared };
  if (declared?.kind === "flow") return { kind: "flow", flow: declared, waits: true };
  return undefined;
}

/** An async function of the flow body, or of its module: its body becomes part of the flow. */
function functionTarget(lowering: Lowering, place: Place, callee: Named): Target | undefined {
  const found = place.scope.find(callee.name);
  if (typeof found === "object" && found.kind === "async") return { ...found, kind: "function" };
  if (typeof found === "object" && found.kind === "handed") return namedTarget(found.declared);
  return found ? undefined : asyncTarget(lowering.context.reader.named(callee));
}

function asyncTarget(declared: Declared | undefined): Target | undefined {
  if (declared?.kind !== "function" || !declared.fn.async) return undefined;
  return { kind: "function", fn: declared.fn, scope: new Scope() };
}

export const isAwaitable = (lowering: Lowering, place: Place, node: Expression): boolean =>
  node.type === "CallExpression" && targetOf(lowering, place, node) !== undefined;

/** `await …`: adds the node that waits, and gives the binding of its result. */
export function lowerAwaited(
  lowering: Lowering,
  place: Place,
  node: Expression,
  name?: string,
): Binding | undefined {
  const { context } = lowering;
  const settled = lowerSettledAwait(lowering, place, node);
  if (settled) return settled;
  const target = node.type === "CallExpression" ? targetOf(lowering, place, node) : undefined;
  const future = futureOf(lowering, place, node);
  if (future && lowering.lists.has(future)) {
    const message = "To await a list of promises waits for none of them: write await Promise.all(…).";
    report(context, "RLT1214", node, message);
    return undefined;
  }
  if (future) return lowerAwaitedFuture(place, future);
  if (!target || node.type !== "CallExpression") return lowerAwaitedValue(lowering, place, node);
  if ("task" in target && target.task.lifted !== undefined) checkOptionsOf(lowering, place, target.task);
  switch (target.kind) {
    case "step":
      return lowerStep(lowering, place, node, target.task, name);
    case "submit":
      return lowerSubmit(lowering, place, node, target.task, name);
    case "taskMap":
      return lowerTaskMap(lowering, place, node, target.task, name);
    case "promise": {
      if (target.method === "all" || target.method === "allSettled")
        return lowerPromise(lowering, place, node, target.method, name);
      const [value] = node.arguments;
      if (target.method === "resolve" && value && value.type !== "SpreadElement")
        return lowerAwaited(lowering, place, bare(value), name);
      report(context, "RLT1204", node, `Promise.${target.method} cannot be compiled.`);
      return undefined;
    }
    case "function":
      return lowerInlined(lowering, place, node, target);
    case "chain":
      return lowerChained(lowering, place, node, target.chain);
    case "wait":
      return lowerWait(lowering, place, node, target.wait, name);
    case "flow":
      return lowerSubflow(lowering, place, node, target, name);
    case "member":
      report(
        context,
        "RLT1208",
        node,
        `A ${target.of} has no member "${target.name}" that a flow body can await.`,
      );
      return undefined;
  }
}

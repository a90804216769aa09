import { expression } from "../../asl/expression.ts";
import type { Catcher, Template } from "../../asl/types.ts";
import { ERROR_KEY } from "../../model/protocol.ts";
import { alone } from "../fast/array-methods.ts";
import type { CollectNode, ExportNode, ParallelNode, StepNode, VariableBinding } from "../graph.ts";
import {
  codeAt,
  comment,
  type Emission,
  type Entry,
  nextOf,
  partName,
  planContext,
  type Site,
  type Target,
  variableOf,
} from "./context.ts";
import { planChecks } from "./plan.ts";
import { CAUGHT, entryAssign, inlineState, NO_OUTPUT, turnOf } from "./tasks.ts";

/** The name under which a branch of futures hands a result on. */
const exported = ({ variable }: VariableBinding): string => variable;

/** The end of a branch of futures: its results, by their variables. */
export function emitExport(emission: Emission, { target, node, entry }: Site<ExportNode>): string {
  const read = codeAt(target, entry);
  target.states[node.id] = {
    Type: "Succeed",
    Comment: comment(emission, node.span),
    Output: Object.fromEntries(node.results.map((one) => [exported(one), expression(read(one))])),
  };
  return node.id;
}

/**
 * What a Parallel of futures assigns: each result or, where its branch ended early, the failure that ended it. Of a
 * branch that the flow awaits in, the failure is kept apart, to be thrown by what comes next.
 */
export function assignedByBranches(
  target: Target,
  { branches, join, parts }: ParallelNode,
): Record<string, Template> {
  const assign: Record<string, Template> = {};
  const ended = (i: number): string => `$states.result[${i}]`;
  for (const [i, { exports = [] }] of branches.entries()) {
    for (const one of exports) {
      const value = `${ended(i)}.${exported(one)}`;
      const failure = `{"${ERROR_KEY}": ${ended(i)}.\`${ERROR_KEY}\`}`;
      assign[variableOf(target, one)] = expression(
        `$exists(${ended(i)}.\`${ERROR_KEY}\`) ? ${failure} : $exists(${value}) ? ${value} : null`,
      );
    }
  }
  if (join) {
    const failures = branches.map(
      (_, i) => `$exists(${ended(i)}.\`${ERROR_KEY}\`) ? {"${ERROR_KEY}": ${ended(i)}.\`${ERROR_KEY}\`} : `,
    );
    const awaited = failures.filter((_, i) => branches[i]?.awaited);
    assign[variableOf(target, join)] = expression(
      `${parts ? notBegun(branches.length) : ""}${awaited.join("")}null`,
    );
  }
  return assign;
}

/** What a call after the first one gets could not be evaluated: that is thrown there, whoever awaits the call. */
const notBegun = (branches: number): string =>
  Array.from({ length: branches - 1 }, (_, i) => `$states.result[${i + 1}].\`${ERROR_KEY}\``)
    .map((failure) => `${failure}.Turn = -1 ? {"${ERROR_KEY}": ${failure}} : `)
    .join("");

/** A future's failure is its result. */
export function settlingFuture(
  emission: Emission,
  { target, node }: Site<StepNode>,
  assign: Record<string, Template>,
  next: string,
): Catcher[] {
  if (!node.result) return [];
  const failure = {
    [ERROR_KEY]: {
      ...CAUGHT,
      At: expression("$states.context.State.EnteredTime"),
      Turn: turnOf(emission, node) + 1,
    },
  };
  return [
    {
      ErrorEquals: ["States.ALL"],
      Next: next,
      Assign: { ...assign, [variableOf(target, node.result)]: failure },
      Output: NO_OUTPUT,
    },
  ];
}

/** What must have ended well before a call begins: the wrapper finds the failures. */
export const waitedFor = (target: Target, entry: Entry | undefined, { after = [] }: StepNode): Template[] =>
  after.map((one) => {
    const code = codeAt(target, entry)(one);
    return expression(
      `$exists(${code}.\`${ERROR_KEY}\`) ? {"${ERROR_KEY}": ${code}.\`${ERROR_KEY}\`} : null`,
    );
  });

/**
 * Results side by side: a list among them is taken apart, and a result that is a list is not. A list that travels as a
 * reference has ended well, so that its place is left out: who reads the values reads the lists themselves.
 */
function listed(futures: CollectNode["futures"], read: (one: VariableBinding) => string): Template {
  if (futures.every(({ each }) => !each)) return futures.map(({ future }) => expression(read(future)));
  const parts = futures.map(({ future, each }) => {
    const code = read(future);
    if (!each) return alone({ code, type: "json", present: true });
    return `($type(${code})="array" ? ${code} : $exists(${code}.\`${ERROR_KEY}\`) ? [${code}] : [])`;
  });
  return expression(parts.reduce((whole, more) => `$append(${whole}, ${more})`, "[]"));
}

/** `await Promise.all([p, q])`: one state that lists what is there. */
export function emitCollect(emission: Emission, site: Site<CollectNode>): string {
  const { target, node, entry } = site;
  const read = codeAt(target, entry);
  const plan = planChecks(node.args, planContext(emission, site));
  const list = { [variableOf(target, node.result)]: listed(node.futures, read) };
  const where = { Comment: comment(emission, node.span) };
  const assigned = plan.fast ? { ...entryAssign(entry), ...plan.assigned } : entryAssign(entry);
  const next = nextOf(site);
  target.states[node.id] = {
    Type: "Pass",
    ...where,
    Assign: { ...assigned, ...list },
    Output: NO_OUTPUT,
    Next: next,
  };
  if (plan.fast && plan.guard === undefined) return node.id;
  const name = partName(emission, node, "inline");
  const after = partName(emission, node, "choose");
  const pass = target.states[node.id];
  if (pass?.Type === "Pass") target.states[after] = { ...pass, Assign: list };
  target.states[name] = inlineState(emission, site, node.args, {
    name,
    when: plan.fast ? "guard" : "always",
    crossing: "exact",
    next: after,
    quiet: true,
  });
  if (!plan.fast || plan.guard === undefined) return name;
  const check = partName(emission, node, "check");
  target.states[check] = {
    Type: "Choice",
    ...where,
    Choices: [{ Condition: expression(plan.guard), Next: node.id, Output: expression("$states.input") }],
    Default: name,
    Output: expression("$states.input"),
  };
  return check;
}

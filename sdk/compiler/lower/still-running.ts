import type { Node } from "oxc-parser";
import { report } from "../check/pure.ts";
import { childrenOf, containsAwait, isFunction } from "../parse/ast.ts";
import type { Variable } from "../parse/variables.ts";
import type { Span } from "../source-file.ts";
import { effectsOf } from "./effects.ts";
import type { Lowering } from "./lowering.ts";

/**
 * The callbacks of `const fs = xs.map(async …)` run on while the flow does: in plain Node they would see what the flow
 * changes before it awaits them, here they have what was there when they began. So such a change is refused.
 *
 * @param following the statements after the one in which they began
 */
export function refuseChangesMeanwhile(
  lowering: Lowering,
  begun: Node,
  name: string,
  following: readonly Node[],
): void {
  const awaited = following.findIndex((statement) => awaits(statement, name));
  const read = variablesIn(lowering, begun);
  const meanwhile = awaited < 0 ? following : following.slice(0, awaited + 1);
  const changed =
    meanwhile.find((statement) => changesOneOf(lowering, statement, read)) ??
    // Nobody awaits it here, so that it may run to the end of the flow.
    (awaited < 0 ? identifiersIn(begun).find((one) => changesOutside(lowering, one, begun)) : undefined);
  if (!changed) return;
  const message = `What "${name}" reads is changed before it is awaited.`;
  report(lowering.context, "RLT1104", head(changed), message);
}

/** A statement that awaits the future wherever control goes in it. */
const awaits = (statement: Node, name: string): boolean => {
  if (statement.type === "ForOfStatement")
    return identifiersIn(statement.right).some((one) => one.name === name);
  const waits = statement.type === "ReturnStatement" || containsAwait(statement);
  return waits && PLAIN.has(statement.type) && identifiersIn(statement).some((one) => one.name === name);
};

const PLAIN = new Set<Node["type"]>(["VariableDeclaration", "ExpressionStatement", "ReturnStatement"]);

function changesOneOf(lowering: Lowering, statement: Node, read: ReadonlySet<Variable>): boolean {
  const effects = effectsOf(lowering, statement);
  return [...read].some(
    (variable) =>
      effects.has(variable) ||
      lowering.sharing.changesOf(variable).some(({ node }) => within(node, statement)),
  );
}

const changesOutside = (lowering: Lowering, identifier: Node, begun: Node): boolean => {
  const variable = lowering.sharing.of(identifier);
  if (!variable || within(variable.declared, begun)) return false;
  return lowering.sharing.isAssigned(identifier) || lowering.sharing.isMutated(identifier);
};

/**
 * The variables that a piece reads while it runs, itself or in a function that it calls. What stands in no function is read
 * when it begins, so that only what the objects there hold may be another thing later.
 */
const variablesIn = (lowering: Lowering, piece: Node): Set<Variable> => {
  const { sharing } = lowering;
  const read = sharing.calledFrom(piece).flatMap((part) => readIn(part, false));
  return new Set(
    read.flatMap(({ name, later }) => (later || sharing.isMutated(name) ? (sharing.of(name) ?? []) : [])),
  );
};

function readIn(node: Node, inside: boolean): { name: Named; later: boolean }[] {
  if (node.type === "Identifier") return [{ name: node, later: inside }];
  return childrenOf(node).flatMap((child) => readIn(child, inside || isFunction(node)));
}

type Named = Extract<Node, { type: "Identifier" }>;

const identifiersIn = (node: Node): Named[] =>
  node.type === "Identifier" ? [node] : childrenOf(node).flatMap(identifiersIn);

const within = (node: Node, outer: Node): boolean => outer.start <= node.start && node.end <= outer.end;

const head = ({ start, end }: Node): Span => ({ start, end: Math.min(end, start + 40) });

import type { Expression, Node } from "oxc-parser";
import { bare, memberName } from "./ast.ts";

/** What a flow body may write, each a line of the run. */
const LEVELS = new Set(["debug", "error", "info", "log", "warn"]);

export type Level = "debug" | "error" | "info" | "log" | "warn";

/** `console.log(…)` and its like, by their names; whether a variable of the author's hides `console` is another matter. */
export function consoleCall(
  node: Node,
): { level: Level; call: Extract<Node, { type: "CallExpression" }> } | undefined {
  const call = bare(node as Expression);
  if (call.type !== "CallExpression" || call.optional) return undefined;
  const callee = bare(call.callee);
  if (callee.type !== "MemberExpression" || callee.optional) return undefined;
  const level = memberName(callee) ?? "";
  const isConsole = callee.object.type === "Identifier" && callee.object.name === "console";
  return isConsole && LEVELS.has(level) ? { level: level as Level, call } : undefined;
}

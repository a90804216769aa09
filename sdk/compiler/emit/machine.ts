import { DEFINITION_BYTES } from "../../asl/limits.ts";
import type { StateMachine } from "../../asl/types.ts";
import { packageVersion } from "../../model/package-root.ts";
import { report } from "../check/pure.ts";
import type { Diagnostics } from "../diagnostics.ts";
import { emitBlock } from "./block.ts";
import type { Emission, Target } from "./context.ts";

/** The definition of a flow, from its graph. */
export function emitMachine(emission: Emission, diagnostics: Diagnostics): StateMachine {
  const { graph, module } = emission;
  const target: Target = { states: {}, indexes: [] };
  const start = emitBlock(emission, target, graph.body, undefined);
  const { line } = module.source.place(graph.span.start);
  const file = module.source.path.slice(module.source.path.lastIndexOf("/") + 1);
  const machine: StateMachine = {
    Comment: `Flow "${graph.name}", ${file}:${line}, compiled by Runlet ${packageVersion()}.`,
    QueryLanguage: "JSONata",
    StartAt: start,
    States: Object.fromEntries(Object.entries(target.states).reverse()),
  };
  const context = { reader: emission.reader, module, diagnostics, uses: emission.uses };
  if (graph.inlineSteps === "refuse") {
    for (const step of emission.inlineSteps) {
      const start = module.source.text.indexOf(step.source);
      report(context, "RLT1401", { start, end: start + Math.min(step.source.length, 60) });
    }
  }
  if (Buffer.byteLength(definitionText(machine)) > DEFINITION_BYTES) report(context, "RLT1402", graph.span);
  return machine;
}

/**
 * The text of a definition. `${` in the author's strings is escaped, since CloudFormation replaces `${Token}` in the
 * text; our own placeholders stand in `Resource` alone.
 */
export function definitionText(machine: StateMachine): string {
  return JSON.stringify(machine, null, 2)
    .split("\n")
    .map((row) => (/^\s*"Resource": "\$\{\w+\}",?$/.test(row) ? row : row.replaceAll("${", "\\u0024{")))
    .join("\n");
}

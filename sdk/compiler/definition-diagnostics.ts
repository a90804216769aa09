import type { Node } from "oxc-parser";
import type { Description } from "../flow/describe.ts";
import type { Analysis } from "./analyse.ts";
import type { FlowDeclaration, TaskDeclaration } from "./parse/module.ts";
import type { Span } from "./source-file.ts";

/** Mistakes in options, which only the loaded module can tell, as diagnostics at the option where it is written in place. */
export function reportDefinitionProblems(analysis: Analysis, description: Description): void {
  const flows = analysis.flows.map(({ declaration }) => declaration);
  for (const declared of [...analysis.tasks.values(), ...flows]) {
    const described = (declared.kind === "task" ? description.tasks : description.flows)[declared.name];
    const { source } = declared.module;
    if (!described) {
      analysis.diagnostics.add(
        source,
        "RLT1003",
        declared.span,
        `"${declared.name}" is no ${declared.kind} when the module is loaded.`,
      );
      continue;
    }
    for (const problem of described.problems)
      analysis.diagnostics.add(source, "RLT1004", spanOf(declared, problem), problem);
    if (described.settings.name !== undefined && described.settings.name !== declared.name) {
      analysis.diagnostics.add(
        source,
        "RLT1004",
        declared.span,
        `The name "${described.settings.name}" is computed; write it in place.`,
      );
    }
  }
}

/** The option that a problem names, or the definition. */
function spanOf(declared: TaskDeclaration | FlowDeclaration, problem: string): Span {
  const [options] = declared.call.arguments;
  if (options?.type !== "ObjectExpression") return declared.span;
  const words = new Set(problem.match(/[\w$]+/g));
  const property = options.properties.find((candidate: Node) => {
    if (candidate.type !== "Property" || candidate.key.type !== "Identifier") return false;
    return words.has(candidate.key.name);
  });
  const unknown = /no option "([^"]+)"/.exec(problem)?.[1];
  const named =
    unknown === undefined
      ? property
      : options.properties.find(
          (p: Node) => p.type === "Property" && p.key.type === "Identifier" && p.key.name === unknown,
        );
  return named ?? declared.span;
}

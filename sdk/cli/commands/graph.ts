import { analyse, toMermaid } from "../../compiler/index.ts";
import { EXIT, refuseDiagnostics } from "../exit.ts";
import { namedFlow } from "../run/choose-flow.ts";
import { flowFile } from "../source-path.ts";

/** `runlet graph FILE`: the flows as Mermaid, with names of the source. */
export async function graphCommand(
  file: string,
  options: { flow?: string; json?: boolean },
): Promise<number> {
  const analysis = analyse(flowFile(file));
  if (analysis.diagnostics.any) throw refuseDiagnostics(analysis.diagnostics.sorted());
  const all = analysis.flows.map(({ graph }) => graph);
  const graphs = options.flow === undefined ? all : [namedFlow(all, options.flow)];
  const drawings = graphs.map((graph) => ({ flow: graph.name, mermaid: toMermaid(graph) }));
  process.stdout.write(
    options.json
      ? `${JSON.stringify(drawings)}\n`
      : `${drawings.map(({ mermaid }) => mermaid).join("\n\n")}\n`,
  );
  return EXIT.ok;
}

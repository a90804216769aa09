import { analyse, documentOf, toMermaid, toSvg } from "../../compiler/index.ts";
import { EXIT, refuseDiagnostics, refuseUsage } from "../exit.ts";
import { chooseFlow, namedFlow } from "../run/choose-flow.ts";
import { flowFile } from "../source-path.ts";

interface GraphOptions {
  flow?: string;
  json?: boolean;
  svg?: boolean;
}

/** `runlet graph FILE`: the flows as Mermaid, as an SVG picture or as JSON, with names of the source. */
export async function graphCommand(file: string, options: GraphOptions): Promise<number> {
  if (options.json && options.svg) throw refuseUsage("Only one of --json and --svg can be printed.");
  const analysis = analyse(flowFile(file));
  if (analysis.diagnostics.any) throw refuseDiagnostics(analysis.diagnostics.sorted());
  const all = analysis.flows.map(documentOf).map((document) => ({ name: document.flow, document }));
  const chosen = options.svg
    ? [chooseFlow(all, options.flow)]
    : options.flow === undefined
      ? all
      : [namedFlow(all, options.flow)];
  const documents = chosen.map(({ document }) => document);
  if (options.json) process.stdout.write(`${JSON.stringify(documents)}\n`);
  else process.stdout.write(`${documents.map(options.svg ? toSvg : toMermaid).join("\n\n")}\n`);
  return EXIT.ok;
}

import { join } from "node:path";
import { analyse } from "../../sdk/compiler/analyse.ts";
import { emitFlow } from "../../sdk/compiler/compile.ts";
import type { Description } from "../../sdk/flow/describe.ts";
import { NO_RETRIES } from "../../sdk/flow/retry.ts";
import { PRELUDE } from "./prelude.ts";

/** The flows of a file that compile with `inlineSteps: "refuse"`, by name. */
export function provenFlows(text: string, folder = import.meta.dirname): Set<string> {
  const analysis = analyse(join(folder, "main.ts"), `${PRELUDE}\n${text}`);
  const settings = { retry: NO_RETRIES, timeoutSeconds: 60 };
  const tasks = Object.fromEntries([...analysis.tasks.keys()].map((name) => [name, { settings }]));
  const proven = new Set<string>();
  for (const flow of analysis.flows) {
    const { name } = flow.graph;
    const described = { settings: { inlineSteps: "refuse", retry: NO_RETRIES }, hasSchema: false };
    const description = { tasks, flows: { [name]: described } } as unknown as Description;
    if (emitFlow(analysis, flow, description, {}).inlineSteps.length === 0) proven.add(name);
  }
  return proven;
}

import type { CompiledFlow } from "../../compiler/index.ts";
import { RunletError } from "../../model/runlet-error.ts";
import { CommandRefused } from "../exit.ts";

/** The flow that is meant: the named one, or the file's only one. */
export function chooseFlow(flows: readonly CompiledFlow[], name: string | undefined): CompiledFlow {
  const names = flows.map((flow) => flow.name).join(", ");
  if (name !== undefined) {
    const named = flows.find((flow) => flow.name === name);
    if (named) return named;
    throw new CommandRefused(new RunletError("RLT4004", `The file has no flow "${name}"; it has ${names}.`));
  }
  const [only, ...others] = flows;
  if (only && others.length === 0) return only;
  throw new CommandRefused(
    new RunletError("RLT4004", `The file has several flows: ${names}.`, {
      mend: "Name one with --flow NAME.",
    }),
  );
}

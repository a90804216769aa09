import { RunletError } from "../../model/runlet-error.ts";
import { CommandRefused } from "../exit.ts";

/** The flow that is meant: the named one, or the file's only one. */
export function chooseFlow<F extends { name: string }>(flows: readonly F[], name: string | undefined): F {
  if (name !== undefined) return namedFlow(flows, name);
  const [only, ...others] = flows;
  if (only && others.length === 0) return only;
  throw new CommandRefused(
    new RunletError("RLT4004", `The file has several flows: ${namesOf(flows)}.`, {
      mend: "Name one with --flow NAME.",
    }),
  );
}

/** @throws CommandRefused RLT4004 that says which names there are */
export function namedFlow<F extends { name: string }>(flows: readonly F[], name: string): F {
  const named = flows.find((flow) => flow.name === name);
  if (named) return named;
  throw new CommandRefused(
    new RunletError("RLT4004", `The file has no flow "${name}"; it has ${namesOf(flows)}.`),
  );
}

const namesOf = (flows: readonly { name: string }[]): string => flows.map(({ name }) => name).join(", ");

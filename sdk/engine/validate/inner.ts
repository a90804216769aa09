/** A machine inside a state: a branch or an item processor. */
export interface InnerMachine {
  kind: "branch" | "processor";
  location: string;
  machine: unknown;
}

/** The machines inside a state, each with where it stands. */
export function innerMachines(state: Record<string, unknown>, location: string): InnerMachine[] {
  if (state["Type"] === "Map" && "ItemProcessor" in state) {
    return [{ kind: "processor", location: `${location}/ItemProcessor`, machine: state["ItemProcessor"] }];
  }
  const branches = state["Branches"];
  if (state["Type"] !== "Parallel" || !Array.isArray(branches)) return [];
  return branches.map((machine: unknown, index) => ({
    kind: "branch",
    location: `${location}/Branches[${index}]`,
    machine,
  }));
}

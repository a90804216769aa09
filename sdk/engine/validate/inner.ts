/** A machine inside a state: a branch or an item processor. */
export interface InnerMachine {
  kind: "branch" | "processor";
  location: string;
  machine: unknown;
}

/** The field that holds a Map's machine, and its older name. */
const PROCESSORS = ["ItemProcessor", "Iterator"];

/** The machines inside a state, each with where it stands. */
export function innerMachines(state: Record<string, unknown>, location: string): InnerMachine[] {
  if (state["Type"] === "Map") {
    return PROCESSORS.filter((field) => field in state).map((field) => ({
      kind: "processor",
      location: `${location}/${field}`,
      machine: state[field],
    }));
  }
  const branches = state["Branches"];
  if (state["Type"] !== "Parallel" || !Array.isArray(branches)) return [];
  return branches.map((machine: unknown, index) => ({
    kind: "branch",
    location: `${location}/Branches[${index}]`,
    machine,
  }));
}

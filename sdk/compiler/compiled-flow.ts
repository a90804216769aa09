import type { StateMachine } from "../asl/types.ts";
import type { FlowDocument } from "../model/flow-document.ts";
import type { InlineStep } from "./emit/context.ts";
import type { FlowGraph } from "./graph.ts";

/** What becomes of one flow of a file. */
export interface CompiledFlow {
  name: string;
  graph: FlowGraph;
  /** The graph for readers: what `runlet graph --json` prints. */
  document: FlowDocument;
  definition: StateMachine;
  /** Its runs may be paused. */
  pausable: boolean;
  /** The machine that goes on with the flow's loops after many turns. */
  continuation?: StateMachine;
  inlineSteps: InlineStep[];
  /** States that only a failure enters, such as the one that settles the failure of a map's item. */
  detourStates: string[];
  /** The largest value that travels inside a state, in bytes. */
  room: number;
  /** Loops by the first state of their bodies; the report names them so. */
  loops: { state: string; label: string }[];
}

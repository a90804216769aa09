import type { Expression, Node } from "oxc-parser";
import type { Span } from "./source-file.ts";

/**
 * The flow graph: what a flow body means, between the source and the emitted machine. The emitter, the drawing and
 * (later) the console read it. A body is a list of nodes; synchronous JavaScript between two nodes is gathered in
 * *regions*: expressions over variables that run either as JSONata or, exactly, as the author's own code.
 */
export interface FlowGraph {
  name: string;
  span: Span;
  input: InputBinding;
  body: Block;
  inlineSteps: "allow" | "refuse";
}

export type Block = GraphNode[];

export type GraphNode = StepNode | MapNode | BranchNode | CheckNode | ReturnNode | ThrowNode;

interface Common {
  /** Readable and unique in the flow; becomes the name of the state. */
  id: string;
  span: Span;
}

/** `await task(…)`. */
export interface StepNode extends Common {
  kind: "step";
  task: string;
  /** The call site in idempotency keys: letters, digits, `_` and `-`. */
  step: string;
  args: Region;
  result?: VariableBinding;
}

/** `await task.map(xs)` or `await Promise.all(xs.map(async (x) => …))`. */
export interface MapNode extends Common {
  kind: "map";
  items: Region;
  item: VariableBinding;
  index: VariableBinding;
  concurrency: number;
  body: Block;
  /** How many maps enclose this one's body, itself included. */
  depth: number;
  result?: VariableBinding;
}

export interface BranchNode extends Common {
  kind: "branch";
  test: Region;
  consequent: Block;
  otherwise: Block;
}

/** The end of a branch that defined something which may throw: it must throw before what follows the branch. */
export interface CheckNode extends Common {
  kind: "check";
  check: Region;
}

export interface ReturnNode extends Common {
  kind: "return";
  value: Region;
  /** `result`: the value leaves the flow as JSON; `exact`: it stays in the flow, so it must survive as it is. */
  crossing: "result" | "exact";
}

export interface ThrowNode extends Common {
  kind: "throw";
  error: Region;
}

/** Synchronous code that ends in what the next state needs. */
export interface Region {
  /** Key into the dispatcher of inline steps; unique in the flow. */
  id: string;
  purpose: "args" | "value" | "test" | "items" | "throw" | "check";
  /** What must be evaluated first, since it may throw: definitions since the last node, results of maps. */
  checks: Check[];
  /** The values; `args` has one for each argument, the others have one or (an empty `return`) none. */
  values: Value[];
  /** How a region of purpose `items` calls map, so that an inline step throws what Node throws. */
  form?: "array" | "task";
  span: Span;
}

export type Check =
  | { kind: "definition"; definition: Definition }
  | { kind: "settled"; binding: VariableBinding };

export interface Value {
  expression: Expression;
  spread: boolean;
}

/** `const pattern = expression`, pure: it runs again wherever it is needed, since nothing it reads can change. */
export interface Definition {
  /** The pattern; absent for an expression that stands as a statement. */
  pattern?: Node;
  init?: Expression;
  /** The definition takes the flow's input, or a map's item (a parameter's pattern). */
  source?: Exclude<Binding, PureBinding>;
  /** What JavaScript does with the value of an operand at once, and what may throw: see `lower/awaits.ts`. */
  form?: "spread" | "argument" | "template" | "key" | "member";
  bindings: PureBinding[];
  order: number;
  span: Span;
}

export interface InputBinding {
  kind: "input";
  name: string;
}

/** Lives in a variable of the machine. */
export interface VariableBinding {
  kind: "variable";
  name: string;
  /** The machine's name for it. */
  variable: string;
  role: "result" | "map" | "item" | "index";
}

export interface PureBinding {
  kind: "pure";
  name: string;
  definition: Definition;
  /** The way from the definition's value to this binding, where the pattern is that simple. */
  path: string[] | undefined;
}

export type Binding = InputBinding | VariableBinding | PureBinding;

/** What an identifier, or an `await` that was taken out of an expression, stands for. */
export type Uses = Map<Node, Binding>;

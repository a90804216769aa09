import type { Expression, Node } from "oxc-parser";
import type { S3Shape } from "../model/s3-source.ts";
import type {
  Binding,
  CellBinding,
  ErrorBinding,
  InputBinding,
  PureBinding,
  VariableBinding,
} from "./bindings.ts";
import type { CollectNode, SubflowNode, WaitNode } from "./graph-waits.ts";
import type { Span } from "./source-file.ts";

export type * from "./bindings.ts";

export type { CollectNode, SubflowNode, WaitNode } from "./graph-waits.ts";

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
  /** The task that undoes what a cancelled run has done. */
  onCancel?: string;
  /** Results of calls that begin before they are awaited. */
  futures: ReadonlySet<Binding>;
  /** Calls that lists are filled with. */
  begun: ReadonlySet<Node>;
  /** Statements that are right only as one run of JavaScript, since they put one object at two places. */
  oneRuns: ReadonlySet<Node>;
  /** Awaits of futures that have ended, in loops over lists of them. */
  settledAwaits: ReadonlySet<Node>;
  /** Which objects its maps read. */
  access: ItemsAccess[];
  /** Where calls that could run side by side do not. */
  barriers: { line: number; message: string }[];
  /** Something in the body can tell a key with undefined from no key, such as a spread. */
  seesKeys: boolean;
}

export type Block = GraphNode[];

export type GraphNode =
  | StepNode
  | SubflowNode
  | WaitNode
  | MapNode
  | ParallelNode
  | BranchNode
  | LoopNode
  | TryNode
  | SwitchNode
  | JumpNode
  | CheckNode
  | ScriptNode
  | CollectNode
  | ExportNode
  | BlockNode
  | LeaveNode
  | ReturnNode
  | ThrowNode;

/** The bodies inside a node that run in scopes of their own: what they assign is gone when they end. */
export function bodiesOf(node: GraphNode): Block[] {
  if (node.kind === "map") return [node.body];
  return node.kind === "parallel" ? node.branches.map(({ body }) => body) : [];
}

/** The blocks inside a node that belong to the same function: a map's body is another one. */
export function armsOf(node: GraphNode): Block[] {
  switch (node.kind) {
    case "branch":
      return [node.consequent, node.otherwise];
    case "loop":
      return node.tail.length > 0 ? [node.body, node.tail] : [node.body];
    case "block":
    case "leave":
      return [node.body];
    case "try":
      return [node.body, node.handler];
    case "switch":
      return node.bodies;
    case "script":
      return node.exits;
    default:
      return [];
  }
}

export interface Common {
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
  /** In a `Promise.all([…])`: the part of its region that holds the arguments, evaluated before any branch began. */
  part?: string;
  /** It begins here and is awaited later: a failure is its result. */
  future?: boolean;
  /** `waitFor`: futures that must have ended well before it begins. */
  after?: VariableBinding[];
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
  /** As a step's: the part that holds the items. */
  part?: string;
  future?: boolean;
  /** `Promise.allSettled`: a failed item is a result, too. */
  settles: boolean;
  /** Items in one child execution. */
  batchSize?: number;
  /** Its items are one call: the result is that call's. */
  only?: boolean;
  /** The options ask for what an inline Map cannot do. */
  forced?: boolean;
  /** The items lie in an object store, in this way; the region says where. */
  source?: S3Shape;
  /** So many items may fail: null stands in their place. */
  tolerates?: Tolerance;
  result?: VariableBinding;
}

/** Objects that a map reads: `*` stands for what the source does not say. */
export interface ItemsAccess {
  /** Absent where the source does not say it. */
  bucket?: string;
  keys: string;
  lists: boolean;
  reads: boolean;
}

/** How many items of a map may fail, by number or in percent of all. */
export type Tolerance = { count: number } | { percent: number };

/** `await Promise.all([a(), b(x), …])`: branches that run side by side. */
export interface ParallelNode extends Common {
  kind: "parallel";
  /** What the elements are called with, before any of them begins; absent where one around has it all. */
  parts?: Region;
  branches: ParallelBranch[];
  depth: number;
  /** `Promise.allSettled`. */
  settles: boolean;
  /** An `allSettled` stands in the list. */
  holdsSettled?: boolean;
  result?: VariableBinding;
  /** Of futures: the failure of what the flow awaits in a branch, or null. */
  join?: VariableBinding;
}

export interface ParallelBranch {
  body: Block;
  /** What its first state reads of the parts, where that is not the node's own arguments or items. */
  part?: string;
  /** Of futures: results of the branch that live on after it. */
  exports?: VariableBinding[];
  /** The flow awaits something in it. */
  awaited?: boolean;
}

/** The end of a branch of futures: what it hands on. */
export interface ExportNode extends Common {
  kind: "export";
  results: VariableBinding[];
}

export interface BranchNode extends Common {
  kind: "branch";
  test: Region;
  consequent: Block;
  otherwise: Block;
}

/** `while`, `do`, `for` and `for … of`: the test stands at the entry and, again, after each turn. */
export interface LoopNode extends Common {
  kind: "loop";
  /** Decides whether there is a first turn; absent where there always is one. */
  first?: Region;
  /** Decides whether there is another turn; absent where a turn never comes to its end. */
  again?: Region;
  body: Block;
  /** What waits between a turn and the decision about the next one: an update or a test with an `await`. */
  tail: Block;
  /** Counts the turns from 0: a frame of the calls in the body. */
  turn: CellBinding;
  breaks: boolean;
}

/** `try … catch`. */
export interface TryNode extends Common {
  kind: "try";
  body: Block;
  /** What was thrown, for the handler. */
  error: ErrorBinding;
  handler: Block;
}

/** `switch`: bodies in the order of the source, each leading to the next one where nothing breaks. */
export interface SwitchNode extends Common {
  kind: "switch";
  /** The values are what is switched on, then each case's; the answer is the number of the body, -1 for none. */
  choice: Region;
  /** The body of each case test, in their order. */
  cases: number[];
  bodies: Block[];
  /** The body of `default`. */
  fallback: number | undefined;
  breaks: boolean;
}

/** `break` or `continue`. */
export interface JumpNode extends Common {
  kind: "jump";
  jump: "break" | "continue";
  loop: Jumped;
}

/** What a `break` or `continue` may name. */
export type Jumped = LoopNode | SwitchNode | BlockNode;

/** A block that a `break` may leave: a labelled one, or the body of a function that was called. */
export interface BlockNode extends Common {
  kind: "block";
  body: Block;
  breaks: boolean;
}

/** What runs on the way out of a `try`: its `finally`, whose own errors are no longer the business of the try. */
export interface LeaveNode extends Common {
  kind: "leave";
  from: TryNode;
  body: Block;
}

/** The end of a branch that defined something which may throw: it must throw before what follows the branch. */
export interface CheckNode extends Common {
  kind: "check";
  check: Region;
}

/**
 * Synchronous statements that control may leave on several ways, such as a loop with a `return` in it: they run as the
 * author wrote them, and what they answer decides where control goes on.
 */
export interface ScriptNode extends Common {
  kind: "script";
  script: Region;
  /** Where each `return`, `break` or `continue` in the statements leads; none of them taken, control goes on behind it. */
  exits: Block[];
  /** In a `try`: what they throw comes as an answer too, so that the handler finds the variables as they left them. */
  catches: boolean;
}

export interface ReturnNode extends Common {
  kind: "return";
  value: Region;
  /** `result`: the value leaves the flow as JSON; `exact`: it stays in the flow, so it must survive as it is. */
  crossing: "result" | "exact";
  /** Written by the lowering: it gives what a node gave, and computes nothing. */
  given?: VariableBinding;
}

export interface ThrowNode extends Common {
  kind: "throw";
  error: Region;
  /** `throw e` of a caught error: the very same goes on. */
  caught?: ErrorBinding;
}

/** Synchronous code that ends in what the next state needs. */
export interface Region {
  /** Key into the dispatcher of inline steps; unique in the flow. */
  id: string;
  purpose:
    | "args"
    | "value"
    | "test"
    | "items"
    | "throw"
    | "check"
    | "switch"
    | "parts"
    | "input"
    | "wait"
    | "script";
  /** Of a `Promise.all([…])`: what each element needs. */
  parts?: Part[];
  /** Of an input: the flow as the source names it. */
  flow?: Expression;
  /** Of a switch: the body of each case, and of none. */
  cases?: { bodies: number[]; fallback: number };
  /** A test that the lowering makes: is there another element? */
  inside?: { list: CellBinding; index: CellBinding };
  /** Another one: is there nothing in the variable, neither undefined nor null? */
  nothing?: CellBinding;
  /** What must be evaluated first, since it may throw: definitions since the last node, results of maps. */
  checks: Check[];
  /** The values; `args` has one for each argument, the others have one or (an empty `return`) none. */
  values: Value[];
  /** How a region of purpose `items` calls map, so that an inline step throws what Node throws. */
  form?: "array" | "task" | "seconds" | "instant" | "source" | "calls" | "mixed";
  /** The list of calls stands in the head of a `for await`, so that what is no list fails as it does there. */
  iterated?: boolean;
  /** Of a source: what its place must turn out to hold. */
  shape?: S3Shape;
  span: Span;
}

/** What an element of `Promise.all([…])` is called with: the arguments of a task, the items of a map, or a value itself. */
export interface Part {
  key: string;
  form: "arguments" | "calls" | "items" | "mixed" | "taskItems" | "value";
  values: Value[];
  /** It stands in a `Promise.allSettled`. */
  settles: boolean;
}

export type Check =
  | { kind: "definition"; definition: Definition }
  | { kind: "assignment"; assignment: Assignment }
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
  form?: "spread" | "argument" | "template" | "key" | "member" | "iterated" | "awaited";
  /** The element that a loop is at, in a list that changes in place: the name stands for the element itself. */
  element?: { list: CellBinding; index: CellBinding };
  bindings: PureBinding[];
  order: number;
  span: Span;
}

/** Variables that change get values; what they had before is gone, so this runs once, where it stands. */
export interface Assignment {
  cells: CellBinding[];
  /** The author's statement or expression, such as `total += row.n`; or what the lowering makes. */
  made:
    | { by: "statement"; node: Expression }
    /** A stretch of synchronous statements, such as a loop without awaits: it runs as the author wrote it. */
    | { by: "script"; statements: readonly Node[]; made: CellBinding[]; exits?: ScriptExits }
    /** `let x = init`, `const y = <something that changes>`; no init is undefined. */
    | { by: "declaration"; pattern: Node; init?: Expression; made: CellBinding[]; parameter?: boolean }
    | { by: "number"; value: number }
    /** `Date.now()`. */
    | { by: "now" }
    | { by: "increment" }
    | { by: "list"; init: Expression; keys: boolean; awaits: boolean }
    | { by: "element"; list: CellBinding; index: CellBinding; pattern: Node };
  order: number;
  span: Span;
}

/** The statements of a script that leave it, by their place among its exits. */
export interface ScriptExits {
  places: ReadonlyMap<Node, number>;
  /** What a `return` gives. */
  value: CellBinding;
  catches: boolean;
}

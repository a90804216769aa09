import type { Node } from "oxc-parser";
import type { Definition } from "./graph.ts";

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
  /** `settled`: results of `Promise.allSettled`; `tolerated`: some items may have failed. */
  /** `system`: what the machine hands on to inner scopes for itself. */
  role: "result" | "map" | "settled" | "tolerated" | "item" | "index" | "system";
  /** The value of a future that was awaited: it lives where the future does. */
  of?: VariableBinding;
}

export interface PureBinding {
  kind: "pure";
  name: string;
  definition: Definition;
  /** The way from the definition's value to this binding, by keys and positions, where the pattern is that simple. */
  path: (string | number)[] | undefined;
}

/**
 * A variable that changes, or is made of one that does. It lives in a variable of the machine, so its values must
 * survive JSON exactly; `undefined` is kept as a mark.
 */
export interface CellBinding {
  kind: "cell";
  name: string;
  variable: string;
  /** How many maps enclose its declaration: a map's body cannot change what lies outside. */
  depth: number;
  /** Only whole numbers are ever added to it, so that it needs no guard. */
  counter: boolean;
  /** Programs leave it undefined as a matter of course. */
  lacks?: boolean;
  /** A list that a loop goes through. */
  list: boolean;
  /** What it holds is changed in place somewhere, so no region may freeze it. */
  mutable: boolean;
  /** A constant whose literal says what it is, however it changes in place. */
  holds?: "array" | "object";
  /** All that it is ever given is of this type. */
  only?: "string" | "boolean";
  /** The lowering's own: it has one value as long as anyone reads it. */
  once?: boolean;
}

/** What a `catch` caught: error and cause as Step Functions hands them on; an Error again where JavaScript runs. */
export interface ErrorBinding {
  kind: "error";
  name: string;
  variable: string;
}

export type Binding = InputBinding | VariableBinding | PureBinding | CellBinding | ErrorBinding;

/** What an identifier, or an `await` that was taken out of an expression, stands for. */
export type Uses = Map<Node, Binding>;

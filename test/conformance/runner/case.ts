import type { HistoryEvent } from "../../../sdk/engine/index.ts";
import type { Json } from "../../../sdk/model/json.ts";

/** What a case is about, and so how it is run. */
export const CATEGORIES = ["executions", "test-state", "test-state-error", "invalid", "validate"] as const;
export type Category = (typeof CATEGORIES)[number];

/** How one call of a Task is answered. */
export interface MockedCall {
  /** The state or the resource that makes the call; any, where neither is given. */
  state?: string;
  resource?: string;
  /** Arguments for which it stands; any, where they are not given. */
  when?: Json;
  /** Arguments with which the call was recorded: of several that fit, the one with the same goes first. */
  recorded?: Json;
  outcome: MockedOutcome;
}

export type MockedOutcome =
  | { kind: "result"; output: Json; submitted?: Json }
  | { kind: "error"; error?: string; cause?: string; submitted?: Json }
  /** Answers with the arguments; `lambda:invoke` in its envelope. */
  | { kind: "echo"; submitted?: Json }
  /** Is never answered. */
  | { kind: "silence"; submitted?: Json };

export interface Expected {
  status?: string;
  output?: Json;
  error?: string;
  cause?: string;
  /** Types in order. */
  events?: string[];
  history?: HistoryEvent[];
  /** TestState's answer, or what ValidateStateMachineDefinition says. */
  response?: Record<string, unknown>;
}

/** One case, whatever the form in which it was written. */
export interface Case {
  id: string;
  family: string;
  category: Category;
  /** Relative to the folder. */
  file: string;
  /** Whether the order of events was seen to be the same in every run. */
  exact: boolean;
  /** Whether it was said that the order is not the same in every run. */
  unordered: boolean;
  definition: unknown;
  type: "STANDARD" | "EXPRESS";
  /** Whether an Express machine was run by StartSyncExecution. */
  sync: boolean;
  input: Json | undefined;
  mocks: MockedCall[];
  /** `bucket/key` -> text. */
  objects: Record<string, string>;
  /** TestState's request. */
  request: Record<string, unknown>;
  expected: Expected;
  /** The whole case as it stands in the file, for the folder's own comparison. */
  raw: Record<string, unknown>;
}

/** A file, or a case in it, that could not be read: it counts as failed. */
export interface Unreadable {
  file: string;
  id: string;
  problem: string;
}

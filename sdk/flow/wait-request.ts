import type { Json } from "../model/json.ts";

/** A wait of a run, as whoever answers sees it. */
export interface WaitRequest {
  kind: "input" | "approval" | "event";
  /** The question; of an event its name. */
  message: string;
  show: Json;
  /** Why the answer before was refused; absent the first time. */
  problem?: string;
}

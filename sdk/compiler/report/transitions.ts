import type { MapState, State, SubMachine } from "../../asl/types.ts";
import { childStates, successors } from "../walk.ts";
import { cyclesOf } from "./cycles.ts";

/** States entered, on the shortest and on the longest way. */
export interface Lengths {
  shortest: number;
  longest: number;
}

/** What one more item of a map, or one more turn of a loop, costs. */
export interface Repetition extends Lengths {
  kind: "item" | "turn";
  /** The map's state, or the state in which a turn of the loop begins. */
  state: string;
  /** The map or loop around it, by its state. */
  within?: string;
}

/** Where a way through some states ends: it leaves for another state, goes back to the entry, or ends the machine. */
type Exit = { to: string } | "back" | "end";
interface Way extends Lengths {
  exit: Exit;
}

const NOTHING: Lengths = { shortest: 0, longest: 0 };
const plus = (a: Lengths, b: Lengths): Lengths => ({
  shortest: a.shortest + b.shortest,
  longest: a.longest + b.longest,
});
const either = (a: Lengths, b: Lengths): Lengths => ({
  shortest: Math.min(a.shortest, b.shortest),
  longest: Math.max(a.longest, b.longest),
});

/**
 * Counts the states of a machine's ways from its start to an end. On the shortest way maps have no items and loops end as
 * soon as they may; on the longest each has one item or turn. Ways through catches and through slow paths are left out.
 *
 * @param slow states that unusual values alone lead to
 */
export function transitionsOf(
  machine: SubMachine,
  slow: ReadonlySet<string>,
): Lengths & { repetitions: Repetition[]; reached: Set<string> } {
  const counter = new Counter(slow);
  const lengths = counter.machine(machine, undefined);
  return { ...lengths, repetitions: counter.repetitions, reached: counter.reached };
}

class Counter {
  readonly repetitions: Repetition[] = [];
  readonly reached = new Set<string>();
  readonly #slow: ReadonlySet<string>;

  constructor(slow: ReadonlySet<string>) {
    this.#slow = slow;
  }

  machine({ StartAt, States }: SubMachine, within: string | undefined): Lengths {
    const next = (name: string): string[] =>
      States[name] ? successors(States[name]).filter((one) => !this.#slow.has(one)) : [];
    const names = reachable(StartAt, next);
    for (const name of names) this.reached.add(name);
    const ways = this.#ways(names, StartAt, { States, next, within, top: true });
    const ends = ways.filter(({ exit }) => exit === "end");
    // A machine whose ways all go round for ever has no length; one round says most.
    const [first = NOTHING, ...rest] = ends.length > 0 ? ends : ways;
    return rest.reduce<Lengths>(either, { shortest: first.shortest, longest: first.longest });
  }

  /** The ways from the entry of some states to where they end; at the top the entry itself may be part of a cycle. */
  #ways(names: ReadonlySet<string>, entry: string, graph: Graph): Way[] {
    const inner = (name: string): string[] =>
      graph.next(name).filter((to) => names.has(to) && (graph.top || to !== entry));
    const before = new Map<string, Lengths>([[entry, NOTHING]]);
    const ways: Way[] = [];
    for (const cycle of cyclesOf(entry, inner)) {
      const door = cycle.find((name) => before.has(name));
      const length = door === undefined ? undefined : before.get(door);
      if (door === undefined || !length) continue;
      for (const { exit, ...own } of this.#through(cycle, door, inner, graph)) {
        const whole = plus(length, own);
        const to = typeof exit === "string" ? undefined : exit.to;
        const leaves = to === undefined ? exit : to === entry && !graph.top ? "back" : exit;
        if (to !== undefined && leaves !== "back" && names.has(to)) {
          const known = before.get(to);
          before.set(to, known ? either(known, whole) : whole);
        } else ways.push({ exit: leaves, ...whole });
      }
    }
    return ways;
  }

  /** Through one state, or round a loop. */
  #through(cycle: readonly string[], door: string, inner: Graph["next"], graph: Graph): Way[] {
    if (cycle.length === 1 && !inner(door).includes(door)) {
      const own = plus({ shortest: 1, longest: 1 }, this.#inside(door, graph));
      const next = graph.next(door);
      return next.length === 0 ? [{ exit: "end", ...own }] : next.map((to) => ({ exit: { to }, ...own }));
    }
    const ways = this.#ways(new Set(cycle), door, { ...graph, top: false, within: door });
    const turns = ways.filter(({ exit }) => exit === "back");
    if (turns.length > 0) {
      const { shortest, longest } = turns.reduce<Lengths>(either, turns[0] as Way);
      this.#repeat("turn", door, { shortest, longest }, graph.within);
    }
    return ways.filter(({ exit }) => exit !== "back").length > 0
      ? ways.filter(({ exit }) => exit !== "back")
      : ways.map((way) => ({ ...way, exit: "end" }));
  }

  /** The machines inside a state: all branches of a Parallel, one item of a Map. */
  #inside(name: string, { States, within }: Graph): Lengths {
    const state = States[name] as State;
    if (state.Type !== "Map")
      return childStates(state)
        .map((child) => this.machine(child, within))
        .reduce(plus, NOTHING);
    const item = plus(startOf(state), this.machine(state.ItemProcessor, name));
    this.#repeat("item", name, item, within);
    return { shortest: 0, longest: item.longest };
  }

  #repeat(kind: Repetition["kind"], state: string, lengths: Lengths, within: string | undefined): void {
    this.repetitions.push({ kind, state, ...lengths, ...(within !== undefined && { within }) });
  }
}

interface Graph {
  States: Record<string, State>;
  next: (name: string) => string[];
  within: string | undefined;
  /** The whole machine: a way back to its start is a loop like any other. */
  top: boolean;
}

/** A child execution of a Distributed Map is a run of its own, whose start is billed. */
const startOf = ({ ItemProcessor }: MapState): Lengths =>
  ItemProcessor.ProcessorConfig?.Mode === "DISTRIBUTED" ? { shortest: 1, longest: 1 } : NOTHING;

function reachable(start: string, next: Graph["next"]): Set<string> {
  const found = new Set<string>();
  const open = [start];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    open.push(...next(name));
  }
  return found;
}

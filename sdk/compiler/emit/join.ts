import { expression, expressionText } from "../../asl/expression.ts";
import type { ChoiceRule, ChoiceState, PassState, State, SubMachine } from "../../asl/types.ts";
import { reachedFrom, waysOn } from "./reach.ts";
import { SLOW } from "./tasks.ts";
import { composed, conditionOf, fieldsOf, isNothing, type Leading, type Way, wayOf } from "./ways.ts";

/**
 * Every state entered is paid for, so a Choice decides at once what the Choices behind it would decide, and a Pass
 * becomes a part of the state before it: `if (a) x = 1; else if (b) x = 2;` is one entry. What they evaluate cannot fail,
 * so no other state's Catch can see it. Only where it is the same:
 *
 * - a state sees what was there before it, so a variable that is assigned on the way is read as what it is assigned, where
 *   that is a name or a literal, and else the state stays;
 * - it reads nothing of the state that it was part of: its input, the time of its entry;
 * - of two Assigns that become one, one is small, so that both together keep the room of a state;
 * - it is not where the turns of a loop begin: a loop has one door, by which it is known and counted.
 *
 * @param slow states that unusual values alone lead to
 */
export function joined<M extends SubMachine>(machine: M, slow: ReadonlySet<string>): M {
  const all: Record<string, State> = {};
  for (const [name, state] of Object.entries(machine.States)) all[name] = inside(state, slow);
  const doors = doorsOf(machine, slow);
  const others = Object.fromEntries(
    Object.entries(all).filter(([name]) => !doors.has(name) && !slow.has(name)),
  );
  const made = Object.entries(all).map(([name, state]): [string, State] => [name, withNext(state, others)]);
  const reached = reachedFrom(machine.StartAt, Object.fromEntries(made));
  return { ...machine, States: Object.fromEntries(made.filter(([name]) => reached.has(name))) };
}

function inside(state: State, slow: ReadonlySet<string>): State {
  if (state.Type === "Map") return { ...state, ItemProcessor: joined(state.ItemProcessor, slow) };
  if (state.Type !== "Parallel") return state;
  return { ...state, Branches: state.Branches.map((branch) => joined(branch, slow)) };
}

/** The states that a way leads back to. */
function doorsOf({ StartAt, States }: SubMachine, slow: ReadonlySet<string>): Set<string> {
  const doors = new Set<string>();
  const entered = new Set<string>([StartAt]);
  const under = new Set<string>([StartAt]);
  const nextOf = (name: string): string[] =>
    waysOn(States[name]).filter((next) => States[next] && !slow.has(next));
  const open = [{ name: StartAt, left: nextOf(StartAt) }];
  for (let top = open.at(-1); top; top = open.at(-1)) {
    const next = top.left.pop();
    if (next === undefined) {
      open.pop();
      under.delete(top.name);
    } else if (under.has(next)) doors.add(next);
    else if (!entered.has(next)) {
      entered.add(next);
      under.add(next);
      open.push({ name: next, left: nextOf(next) });
    }
  }
  return doors;
}

/** Those that a way may go through. */
type States = Readonly<Record<string, State>>;

function withNext(state: State, states: States): State {
  if (state.Type === "Choice") return choiceOf(state, states);
  if (!("Next" in state) || state.Next === undefined) return state;
  const caught = "Catch" in state ? { Catch: state.Catch?.map((one) => along(one, states, false)) } : {};
  return { ...along(state, states, state.Type === "Pass" || state.Type === "Wait"), ...caught } as State;
}

/** The same state, rule or catcher with the Passes behind it. */
function along<T extends Leading>(leading: T, states: States, handsOn: boolean): T {
  let way = { ...wayOf(leading), handsOn };
  const seen = new Set<string>();
  for (let to = states[way.next]; to?.Type === "Pass" && !seen.has(way.next); to = states[way.next]) {
    seen.add(way.next);
    const further = throughPass(way, to);
    if (!further) break;
    way = further;
  }
  return way.next === leading.Next ? leading : { ...leading, ...fieldsOf(way) };
}

/** More of them would make a definition that nobody can read, and copies of what several ways lead to. */
const MOST_RULES = 16;
const MOST_CHARACTERS = 14_000;

function choiceOf(state: ChoiceState, states: States): State {
  if (state.Default === undefined) return state;
  let ways = waysOf(state, state.Default);
  const kept = new Set<string>();
  const stuck = new Set<Way>();
  const isOpen = (way: Way): boolean => !kept.has(way.next) && !stuck.has(way);
  // All ways to a state at once, or none: it is gone then, and tests in a row become one for as many as have room.
  for (let open = ways.find(isOpen); open; open = ways.find(isOpen)) {
    const { next } = open;
    const more = ways.flatMap((way) => {
      if (way.next !== next) return [way];
      const further = follow(way, states);
      if (!further) stuck.add(way);
      return further ?? [way];
    });
    if (more.length - 1 > MOST_RULES || JSON.stringify(more).length > MOST_CHARACTERS) kept.add(next);
    else ways = more;
  }
  return made(state, ways);
}

const waysOf = (state: ChoiceState, otherwise: string): Way[] => [
  ...state.Choices.map((rule) => wayOf(rule, [expressionText(String(rule.Condition))])),
  wayOf({ ...leftBy(state), Next: otherwise }),
];

/** A Choice's own Assign and Output go with its Default alone. */
const leftBy = ({ Assign, Output }: ChoiceState): Pick<Leading, "Assign" | "Output"> => ({
  ...(Assign && { Assign }),
  ...(Output !== undefined && { Output }),
});

function made(state: ChoiceState, ways: readonly Way[]): ChoiceState {
  const rules = ways.slice(0, -1).map((way): ChoiceRule => {
    const { Next, ...rest } = fieldsOf(way);
    return { Condition: expression(conditionOf(way.when)), Next, ...rest };
  });
  const { Next: Default, ...rest } = fieldsOf(ways.at(-1) as Way);
  const { Assign: _, Output: __, ...own } = state;
  return { ...own, Choices: rules, Default, ...rest };
}

/** The ways that a way becomes with the state behind it, or nothing where it must stay as it is. */
function follow(way: Way, states: States): Way[] | undefined {
  const to = states[way.next];
  if (to?.Type === "Pass") {
    const further = throughPass(way, to);
    return further && [further];
  }
  if (to?.Type !== "Choice" || to.Default === undefined) return undefined;
  const further: Way[] = [];
  for (const after of waysOf(to, to.Default)) {
    if (isOfInlineStep(after) && isNothing(way.output)) continue;
    const both = composed(way, after);
    if (!both) return undefined;
    further.push(both);
  }
  return further;
}

/** A rule for the answer of the Choice's own inline step, which nobody brings who comes with nothing. */
const isOfInlineStep = ({ when: [condition] }: Way): boolean => condition?.startsWith(`${SLOW} = `) ?? false;

const throughPass = (way: Way, to: PassState): Way | undefined =>
  to.Next === undefined ? undefined : composed(way, wayOf({ ...to, Next: to.Next }));

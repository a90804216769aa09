import { expression } from "../../asl/expression.ts";
import type { Catcher, Template } from "../../asl/types.ts";
import { ANSWER_KEY } from "../../model/protocol.ts";
import { comment, type Emission, type PartReader, partName, type Site } from "./context.ts";
import type { Plan } from "./plan.ts";
import { HAS_SLOW, RAISE, SLOW } from "./tasks.ts";
import { guardTemplate } from "./template.ts";

/**
 * How the branches of a Parallel find what they are called with: in the Parallel's Arguments, as JSONata or an inline
 * step gave it. An inline step tells, in the place of a part, that JavaScript never came to it.
 */
export function readerOf(plan: Plan): PartReader {
  if (!plan.fast) {
    return {
      certain: false,
      read: (key) => `$states.input.slow.${key}`,
      template: () => ({ slow: expression(SLOW) }),
    };
  }
  const { guard } = plan;
  if (guard === undefined) {
    return { certain: true, read: (key) => `$states.input.${key}`, template: () => plan.values[0] ?? {} };
  }
  return {
    certain: false,
    read: (key) =>
      `($exists($states.input.slow.${key}) ? $states.input.slow.${key} : $states.input.fast.${key})`,
    template: () => ({
      fast: guardTemplate(plan.values[0] ?? {}, (code) => `${HAS_SLOW} ? null : ${code}`),
      slow: expression(`${HAS_SLOW} ? ${SLOW} : ${guard} ? {} : ${RAISE}`),
    }),
  };
}

const unbegun = (parts: PartReader, key: string): string => `$exists(${parts.read(key)}.\`${ANSWER_KEY}\`)`;

/** A part as a field of a state that begins a branch; raises where JavaScript never came to it. */
export const partField = (parts: PartReader, key: string): Template =>
  expression(parts.certain ? parts.read(key) : `${unbegun(parts, key)} ? ${RAISE} : ${parts.read(key)}`);

/** The state that ends a branch which did not begin, and when. */
function notCalled(
  emission: Emission,
  { target, node }: Site,
  key: string,
): { state: string; condition: string } {
  const { parts } = target;
  if (!parts) throw new Error(`The node "${node.id}" has no parts.`);
  const state = partName(emission, node, "not called");
  target.states[state] = {
    Type: "Succeed",
    Comment: comment(emission, node.span),
    Output: expression(`${parts.read(key)}.\`${ANSWER_KEY}\``),
  };
  return { state, condition: unbegun(parts, key) };
}

/** Where JavaScript never came to a part, its branch ends before it begins; else it goes on to `start`. */
export function ifBegun(emission: Emission, site: Site, key: string, start: string): string {
  const { target, node } = site;
  if (target.parts?.certain) return start;
  const name = partName(emission, node, "check");
  const left = notCalled(emission, site, key);
  target.states[name] = {
    Type: "Choice",
    Comment: comment(emission, node.span),
    Choices: [
      { Condition: expression(left.condition), Next: left.state, Output: expression("$states.input") },
    ],
    Default: start,
    Output: expression("$states.input"),
  };
  return name;
}

/** For a state that reads a part by {@link partField}: where it goes when that raises. */
export function toNotCalled(emission: Emission, site: Site, key: string): Catcher[] {
  if (site.target.parts?.certain) return [];
  const { state } = notCalled(emission, site, key);
  return [{ ErrorEquals: ["States.QueryEvaluationError"], Next: state, Output: expression("$states.input") }];
}

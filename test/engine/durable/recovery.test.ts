import { describe, expect, test } from "vitest";
import type { StateMachine } from "../../../sdk/asl/types.ts";
import type { HistoryEvent, IntegrationCall } from "../../../sdk/engine/index.ts";
import type { Json } from "../../../sdk/model/json.ts";
import type { FaultPlan } from "../../journal/faulty-disk.ts";
import { Desk, engineOf, type Work } from "./desk.ts";
import { MACHINES, work } from "./machines.ts";

const INPUT: Json = { x: [1, { y: "z" }] };

async function undisturbed(definition: StateMachine, answer: Work = work) {
  const desk = new Desk();
  const process = await desk.open(answer);
  const run = await desk.until(engineOf(process).start({ definition, input: INPUT, name: "run" }));
  const result = await desk.until(run.done);
  return {
    result,
    history: run.history,
    calls: desk.calls,
    syncs: desk.disk.counts.get("sync segment") ?? 0,
  };
}

describe.each(Object.entries(MACHINES))("%s", (_name, definition) => {
  test("a crash at every sync changes neither result nor calls, but for those under way", async () => {
    const expected = await undisturbed(definition);
    expect(expected.result.status).toMatch(/SUCCEEDED|FAILED/);
    for (let at = 1; at <= expected.syncs; at++) await crashAt(at, definition, expected);
  });
});

async function crashAt(
  at: number,
  definition: StateMachine,
  expected: Awaited<ReturnType<typeof undisturbed>>,
): Promise<void> {
  const desk = new Desk();
  let syncs = 0;
  const plan: FaultPlan = (operation, name) =>
    operation === "sync" && name.startsWith("segment") && ++syncs === at ? "die" : undefined;
  const heard: HistoryEvent[] = [];
  const onEvent = (arn: string, event: HistoryEvent): void => {
    if (arn.endsWith("machine:run")) heard.push(event);
  };
  const first = await desk.open(work, { onEvent }, plan);
  const died = first.machine.died.then(() => undefined);
  const starting = first.engine?.start({ definition, input: INPUT, name: "run" });
  const begun = await desk.until(Promise.race([starting, died]));
  if (begun) await desk.until(Promise.race([begun.done, died]));
  const before = desk.calls.length;
  desk.crash();

  const second = engineOf(await desk.open(work));
  const [left] = second.list();
  if (!left) return expect(begun).toBeUndefined();
  const run = second.find(left.arn);
  const result = await desk.until(run?.done ?? Promise.reject(new Error("not there")));
  expect({ at, result }).toEqual({ at, result: expected.result });
  const history = await desk.until(second.history(left.arn));
  if (run && run.history.length > 0) expect(run.history).toEqual(history);
  expect(history.slice(0, heard.length)).toEqual(heard);
  expect(kinds(history)).toEqual(kinds(expected.history));
  expect(new Set(keys(desk.calls))).toEqual(new Set(keys(expected.calls)));
  // What is called again was under way, or its answer was on the way to the disk: at most so many as run side by side.
  const again = keys(desk.calls.slice(before)).filter((key) =>
    keys(desk.calls.slice(0, before)).includes(key),
  );
  expect(again.length).toBeLessThanOrEqual(3);
}

const kinds = (history: readonly HistoryEvent[]): string[] => history.map(({ type }) => type).sort();
const keys = (calls: readonly IntegrationCall[]): string[] =>
  calls.map(({ stateName, attempt, arguments: args }) => `${stateName} ${attempt} ${JSON.stringify(args)}`);

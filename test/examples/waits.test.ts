import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { syncChanges } from "../../examples/incremental-sync/flow.ts";
import { release } from "../../examples/release-approval/flow.ts";
import {
  type CompiledFile,
  compileFlows,
  ManualClock,
  type StartedRun,
  withEnvironment,
} from "../../sdk/testing/index.ts";
import { root } from "../cli/cli.ts";

const open = (name: string): Promise<CompiledFile> => compileFlows(join(root, "examples", name, "flow.ts"));

type Answer = (request: { kind: string; message: string; problem?: string }) => unknown;

async function both(plain: () => Promise<unknown>, file: CompiledFile, options: object, answer?: Answer) {
  const clocks = [new ManualClock(), new ManualClock()] as const;
  const environment = (clock: ManualClock) => ({ clock, ...(answer && { answer }) });
  const inNode = await clocks[0].runUntil(withEnvironment(environment(clocks[0]), plain));
  const { output } = await clocks[1].runUntil(file.run({ ...options, ...environment(clocks[1]) }));
  expect(output).toEqual(inNode);
  expect(clocks[1].now()).toBe(clocks[0].now());
  return output;
}

describe("examples/incremental-sync: a cursor, a polling loop, flows in flows with retries", () => {
  it.each([
    [{ last: 35 }, { polls: 2, loaded: 35, cursor: 35 }],
    [
      { from: 30, size: 4, last: 35 },
      { polls: 2, loaded: 5, cursor: 35 },
    ],
    [
      { from: 35, last: 35 },
      { polls: 2, loaded: 0, cursor: 35 },
    ],
  ])("%j, Node and compiled alike, in the same time", async (input, expected) => {
    const file = await open("incremental-sync");
    expect(await both(() => syncChanges(input), file, { flow: "syncChanges", input })).toEqual(expected);
    file.close();
  });
});

describe("examples/release-approval: typed input asked again, approval with a timeout, compensation", () => {
  const answers = (decision: unknown): Answer => {
    const given = [{ version: "next" }, { version: "1.4" }, { version: "1.4.0", percent: 5 }];
    let asked = 0;
    return ({ kind }) => (kind === "input" ? given[asked++ % given.length] : decision);
  };

  it.each([
    [{ approved: true, by: "ann" }, "registry/app:1.4.0 is live for 5 percent"],
    [{ approved: false, comment: "too early" }, "1.4.0 was rejected: too early"],
    [undefined, "1.4.0 was not released: Nobody decided in time."],
  ])("decided %j", async (decision, expected) => {
    const file = await open("release-approval");
    expect(await both(() => release(), file, {}, answers(decision))).toBe(expected);
    file.close();
  });

  it("cancelled while it waits, it takes back nothing, and ends at once", async () => {
    const file = await open("release-approval");
    const clock = new ManualClock();
    const undone: unknown[] = [];
    const onStart = (run: StartedRun): void => {
      clock.schedule(1_000, () => void run.answer({ runId: run.runId }, { version: "2.0.0" }));
      clock.schedule(60_000, () => void run.cancel(run.runId));
    };
    const rollBack = (done: unknown): null => {
      undone.push(done);
      return null;
    };
    const running = clock.runUntil(file.run({ clock, onStart, tasks: { rollBack } }));
    await expect(running).rejects.toMatchObject({ name: "Runlet.Cancelled" });
    expect(undone).toEqual([{ image: { version: "2.0.0", image: "registry/app:2.0.0" } }]);
    file.close();
  });
});

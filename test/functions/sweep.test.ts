import { beforeEach, describe, expect, it, vi } from "vitest";
import { StartRefused, startRun } from "../../functions/start/start.ts";
import { sweepRuns } from "../../functions/sweep/sweep-runs.ts";
import { memoryPorts } from "./memory-ports.ts";

const MINUTE = 60_000;
let ports: ReturnType<typeof memoryPorts>;
const later = (minutes: number) => {
  ports.clock.millis += minutes * MINUTE;
};
const start = (runId: string) => startRun({ flow: "etl", input: { pages: 1 }, source: "api", runId }, ports);
const running = { status: "RUNNING", startedAt: Date.UTC(2026, 0, 1) };

beforeEach(() => {
  ports = memoryPorts();
  vi.spyOn(console, "error").mockImplementation(() => undefined);
});

describe("a sweep", () => {
  it("leaves young runs to the start door", async () => {
    await start("r");
    later(1);
    expect(await sweepRuns(ports)).toMatchObject({ checked: 0 });
  });

  it("finishes a start that stopped between record and execution, with the same input", async () => {
    ports.machines.fail(new Error("killed"));
    await expect(start("r")).rejects.toThrow("killed");
    later(3);
    expect(await sweepRuns(ports)).toMatchObject({ checked: 1, started: 1 });
    expect(ports.machines.started.get("r")).toEqual({
      flow: "etl",
      runId: "r",
      input: { input: { pages: 1 } },
    });
  });

  it("ends a run that the service refuses for good, and no sooner than the start door is done with it", async () => {
    const refused = new StartRefused("StateMachineDoesNotExist");
    ports.machines.fail(refused, refused, refused);
    await expect(start("r")).rejects.toThrow(refused);
    later(3);
    expect(await sweepRuns(ports)).toMatchObject({ failed: 1, crashed: 0 });
    later(20);
    expect(await sweepRuns(ports)).toMatchObject({ crashed: 1 });
    expect(ports.runs.all.get("r")).toMatchObject({ status: "CRASHED", error: { name: "Runlet.Lost" } });
    later(10_000);
    expect(await sweepRuns(ports)).toMatchObject({ checked: 0 });
  });

  it("brings in an end whose event was lost", async () => {
    await start("r");
    ports.machines.status.set("r", {
      ...running,
      status: "FAILED",
      stoppedAt: running.startedAt + 5,
      error: "E",
    });
    later(3);
    expect(await sweepRuns(ports)).toMatchObject({ corrected: 1 });
    expect(ports.runs.all.get("r")).toMatchObject({ status: "FAILED", error: { name: "E" } });
  });

  it("looks at a long run ever more seldom", async () => {
    await start("r");
    ports.machines.status.set("r", running);
    let looks = 0;
    for (let minute = 0; minute < 7 * 24 * 60; minute += 5) {
      later(5);
      looks += (await sweepRuns(ports)).checked;
    }
    expect(looks).toBeGreaterThan(10);
    expect(looks).toBeLessThan(50);
    expect(ports.runs.all.get("r")?.status).toBe("RUNNING");
  });

  it("ends a run whose execution is gone", async () => {
    await start("r");
    await ports.runs.mark(
      "r",
      { status: "RUNNING", redriveCount: 0, event: 1, at: 0 },
      { flow: "etl", createdAt: 0 },
    );
    later(3);
    expect(await sweepRuns(ports)).toMatchObject({ crashed: 1 });
  });

  it("goes on with the others where one cannot be looked at, and comes back to it", async () => {
    await start("broken");
    await start("fine");
    ports.machines.status.set("fine", running);
    const { describe: look } = ports.machines;
    const describeRun = vi.spyOn(ports.machines, "describe").mockImplementation(async (run) => {
      if (run.runId === "broken") throw new Error("throttled");
      return look(run);
    });
    later(3);
    expect(await sweepRuns(ports)).toMatchObject({ checked: 2, failed: 1, corrected: 1 });
    expect(await sweepRuns(ports)).toMatchObject({ checked: 0 });
    describeRun.mockRestore();
    later(11);
    expect(await sweepRuns(ports)).toMatchObject({ checked: 2, failed: 0 });
  });
});

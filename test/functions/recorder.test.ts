import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { recordStatus, type StatusEvent } from "../../functions/recorder/record-status.ts";
import { startRun } from "../../functions/start/start.ts";
import { isTerminal } from "../../sdk/model/run-state.ts";
import { memoryPorts, memoryRuns } from "./memory-ports.ts";

const flowOf = (arn: string) => (arn === "arn:etl" ? "etl" : undefined);

const event = (status: string, detail: Partial<StatusEvent["detail"]> = {}): StatusEvent => ({
  detail: { name: "r", stateMachineArn: "arn:etl", status, startDate: 1_000, redriveCount: 0, ...detail },
});
const end = (status: string, redriveCount = 0, stopDate = 5_000) => event(status, { stopDate, redriveCount });

describe("a status event", () => {
  it.each([
    ["RUNNING", "RUNNING", undefined],
    ["SUCCEEDED", "COMPLETED", undefined],
    ["FAILED", "FAILED", undefined],
    ["TIMED_OUT", "FAILED", "TimedOut"],
    ["ABORTED", "CANCELLED", undefined],
  ])("%s makes the run %s", async (status, type, name) => {
    const runs = memoryRuns();
    await recordStatus(event(status, { stopDate: 5_000 }), { runs, flowOf });
    expect(runs.all.get("r")).toMatchObject({ status: type, flow: "etl", createdAt: 1_000 });
    expect(runs.all.get("r")?.stateName).toBe(name);
  });

  it("moves a run of the start door on, and keeps where it came from", async () => {
    const ports = memoryPorts();
    await startRun({ flow: "etl", input: { pages: 1 }, source: "schedule", runId: "r" }, ports);
    expect(await recordStatus(end("SUCCEEDED"), { runs: ports.runs, flowOf })).toBe(true);
    expect(ports.runs.all.get("r")).toMatchObject({
      status: "COMPLETED",
      source: "schedule",
      endedAt: 5_000,
    });
  });

  it("keeps the error and the beginning of a long cause", async () => {
    const runs = memoryRuns();
    await recordStatus(event("FAILED", { error: "TypeError", cause: "x".repeat(30_000) }), { runs, flowOf });
    expect(runs.all.get("r")?.error?.name).toBe("TypeError");
    expect(runs.all.get("r")?.error?.cause).toHaveLength(2_048);
  });

  it.each([
    ["of a machine that is not ours", event("FAILED", { stateMachineArn: "arn:other" })],
    ["with a status that is none of a run", event("PENDING_REDRIVE")],
    ["with a name from Object.prototype", event("constructor")],
  ])("%s changes nothing", async (_what, other) => {
    const runs = memoryRuns();
    expect(await recordStatus(other, { runs, flowOf })).toBe(false);
    expect(runs.all.size).toBe(0);
  });
});

describe("late and duplicated events", () => {
  it("do not take a run out of its final state", async () => {
    const runs = memoryRuns();
    const deps = { runs, flowOf };
    expect(await recordStatus(end("FAILED"), deps)).toBe(true);
    for (const late of [event("RUNNING"), end("FAILED"), end("SUCCEEDED", 0, 9_000)]) {
      expect(await recordStatus(late, deps)).toBe(false);
    }
    expect(runs.all.get("r")).toMatchObject({ status: "FAILED", endedAt: 5_000 });
  });

  it("open a run again where it was redriven, and drop the old error", async () => {
    const runs = memoryRuns();
    const deps = { runs, flowOf };
    await recordStatus(event("FAILED", { stopDate: 5_000, error: "E", cause: "c" }), deps);
    await recordStatus(event("RUNNING", { redriveCount: 1, redriveDate: 6_000 }), deps);
    expect(runs.all.get("r")).toMatchObject({ status: "RUNNING", updatedAt: 6_000 });
    expect(runs.all.get("r")).not.toHaveProperty("error");
    expect(runs.all.get("r")).not.toHaveProperty("endedAt");
    expect(await recordStatus(end("FAILED"), deps)).toBe(false);
  });

  it("end in the last state of the last redrive, in whatever order and however often they come", async () => {
    const story = [
      event("RUNNING"),
      end("FAILED"),
      event("RUNNING", { redriveCount: 1 }),
      end("SUCCEEDED", 1),
    ];
    const delivery = fc
      .array(fc.nat({ max: story.length - 1 }), { maxLength: 12 })
      .chain((extra) =>
        fc.shuffledSubarray([...story.keys(), ...extra], { minLength: story.length + extra.length }),
      );
    await fc.assert(
      fc.asyncProperty(delivery, async (order) => {
        const runs = memoryRuns();
        let closed = 0;
        for (const index of order) {
          const before = runs.all.get("r");
          const message = story[index];
          if (message) await recordStatus(message, { runs, flowOf });
          const after = runs.all.get("r");
          if (before && isTerminal(before.status) && after !== before) closed++;
          expect(after?.position ?? 0).toBeGreaterThanOrEqual(before?.position ?? 0);
        }
        expect(closed).toBeLessThanOrEqual(1); // out of FAILED by the redrive, and never again
        expect(runs.all.get("r")?.status).toBe("COMPLETED");
      }),
    );
  });
});

import { describe, expect, it } from "vitest";
import * as z from "zod";
import { createControlHandler } from "../../functions/control/handler.ts";
import { createWaitStore } from "../../functions/store/wait-store.ts";
import type { WaitEvent } from "../../sdk/model/protocol.ts";
import { memoryWaitStore, type WaitStore } from "../../sdk/runtime/control/waits.ts";
import { memoryDocument } from "./memory-document.ts";

const event = (changes: Partial<WaitEvent> = {}): WaitEvent =>
  ({
    ...{
      runlet: 1,
      kind: "wait",
      wait: "input",
      runId: "r1",
      flow: "etl",
      step: "input",
      frames: [],
      token: "t1",
    },
    args: ["How many?", { a: 1 }],
    ...(changes as object),
  }) as WaitEvent;

const http = (op: string, body: unknown = {}): object => ({
  requestContext: { http: { method: "POST" } },
  pathParameters: { runId: "r1", op },
  body: JSON.stringify(body),
});

const stores: [string, () => WaitStore][] = [
  ["in memory", memoryWaitStore],
  [
    "in the table",
    () =>
      createWaitStore({
        table: "t",
        document: memoryDocument(),
        now: (() => {
          let n = 0;
          return () => n++;
        })(),
      }),
  ],
];

describe.each(stores)("the control function, waits %s", (_name, store) => {
  const setUp = () => {
    const sent: unknown[] = [];
    const dead = new Set<string>();
    const send =
      (kind: string) =>
      async (token: string, ...rest: unknown[]) => {
        if (dead.has(token)) return false;
        sent.push([kind, token, ...rest]);
        return true;
      };
    const handler = createControlHandler({
      schemas: { "etl/input": z.object({ pages: z.number() }) },
      pausable: ["etl"],
      ports: () => ({
        flowOf: async () => "etl",
        waits: store(),
        tokens: { success: send("success"), failure: send("failure") },
      }),
    });
    const call = async (op: string, body?: unknown): Promise<[number, unknown]> => {
      const { statusCode, body: text } = (await handler(http(op, body))) as {
        statusCode: number;
        body: string;
      };
      return [statusCode, JSON.parse(text)];
    };
    return { handler, sent, dead, call };
  };

  it("keeps a wait, shows it without its token, and answers it once, when the schema takes the answer", async () => {
    const { handler, sent, call } = setUp();
    expect(await handler(event())).toBeNull();
    expect(await call("waits")).toEqual([
      200,
      {
        waits: [
          {
            runId: "r1",
            flow: "etl",
            step: "input",
            frames: [],
            wait: "input",
            message: "How many?",
            show: { a: 1 },
          },
        ],
      },
    ]);
    expect((await call("answers", { value: { pages: "3" } }))[0]).toBe(400);
    expect(sent).toEqual([]);
    expect(await call("answers", { value: { pages: 3 } })).toEqual([200, { step: "input", frames: [] }]);
    expect(sent).toEqual([["success", "t1", { pages: 3 }]]);
    expect((await call("answers", { value: { pages: 3 } }))[0]).toBe(409);
    expect(await call("waits")).toEqual([200, { waits: [] }]);
  });

  it("asks which wait is meant, where there are several", async () => {
    const { handler, sent, call } = setUp();
    await handler(event({ frames: [0] }));
    await handler(event({ frames: [1], token: "t2" }));
    const [status, refused] = await call("answers", { value: { pages: 1 } });
    expect([status, (refused as { message: string }).message]).toEqual([
      409,
      expect.stringContaining("input/0, input/1"),
    ]);
    expect((await call("answers", { value: { pages: 1 }, frames: [1] }))[0]).toBe(200);
    expect(sent).toEqual([["success", "t2", { pages: 1 }]]);
  });

  it("keeps events in their order until they are waited for, and spends none on a dead token", async () => {
    const { handler, sent, dead, call } = setUp();
    await call("events", { name: "paid", payload: 1 });
    await call("events", { name: "paid", payload: 2 });
    await call("events", { name: "other" });
    dead.add("t0");
    const paid: Partial<WaitEvent> = { wait: "event", args: ["paid"] };
    await handler(event({ ...paid, token: "t0" }));
    await handler(event({ ...paid, token: "t1" }));
    await handler(event({ ...paid, token: "t2", step: "event-2" }));
    expect(sent.map((one) => (one as unknown[])[1])).toEqual(["t1", "t2"]);
    expect(sent.map((one) => (one as unknown[])[2]).toSorted()).toEqual([1, 2]);
  });

  it("ends what is over at once: a sleep of nothing, a hold of a run that goes on, any wait of a cancelled run", async () => {
    const { handler, sent, call } = setUp();
    await handler(event({ wait: "sleep", seconds: 0 }));
    await handler(event({ wait: "hold", token: "t2", step: "x" }));
    await call("pause");
    await handler(event({ wait: "hold", token: "t3", step: "y" }));
    expect(sent.map((one) => (one as unknown[])[1])).toEqual(["t1", "t2"]);
    await call("resume");
    expect(sent.map((one) => (one as unknown[])[1])).toEqual(["t1", "t2", "t3"]);
    await handler(event({ token: "t4" }));
    await call("cancel");
    await handler(event({ token: "t5", step: "late" }));
    expect(sent.slice(3)).toEqual([
      ["failure", "t4", "Runlet.Cancelled", "The run was cancelled."],
      ["failure", "t5", "Runlet.Cancelled", "The run was cancelled."],
    ]);
  });

  it("refuses what is no request", async () => {
    const { call } = setUp();
    expect((await call("answers", { wrong: 1 }))[0]).toBe(400);
    expect((await call("explode"))[0]).toBe(400);
  });
});

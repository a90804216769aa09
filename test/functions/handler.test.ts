import { beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import type { HttpResponse } from "../../functions/http-response.ts";
import { createStartHandler } from "../../functions/start/handler.ts";
import type { Json } from "../../sdk/model/json.ts";
import { RunletError } from "../../sdk/model/runlet-error.ts";
import { memoryPorts } from "./memory-ports.ts";

const schema = z.object({ pages: z.number() });
const flows = {
  etl: {
    parseInput(input: unknown): Json {
      const result = schema.safeParse(input);
      if (result.success) return result.data;
      throw new RunletError(
        "RLT2004",
        result.error.issues.map((i) => `${i.path.join(".")}: ${i.message}`).join("; "),
      );
    },
  },
};

let ports: ReturnType<typeof memoryPorts>;
let handler: ReturnType<typeof createStartHandler>;
beforeEach(() => {
  ports = memoryPorts();
  handler = createStartHandler({ flows, ports: () => ports });
});

const post = async (flow: string, body: unknown, raw = JSON.stringify(body)) => {
  const response = (await handler({
    version: "2.0",
    requestContext: { http: { method: "POST" } },
    pathParameters: { flow },
    body: raw,
  })) as HttpResponse;
  return { status: response.statusCode, body: JSON.parse(response.body) as Record<string, string> };
};

describe("POST /flows/{flow}/runs", () => {
  it("accepts a run", async () => {
    expect(await post("etl", { input: { pages: 3 } })).toEqual({
      status: 202,
      body: { runId: "run-1", status: "PENDING" },
    });
    expect(ports.runs.all.get("run-1")?.source).toBe("api");
  });

  it("reads a body in base64, as API Gateway sends it for other content types", async () => {
    const body = Buffer.from('{"input":{"pages":1}}').toString("base64");
    const event = {
      requestContext: { http: {} },
      pathParameters: { flow: "etl" },
      body,
      isBase64Encoded: true,
    };
    expect(await handler(event)).toMatchObject({ statusCode: 202 });
  });

  it.each([
    ["an unknown flow", "nope", {}, 404, "RLT4004"],
    ["a name from Object.prototype", "constructor", {}, 404, "RLT4004"],
    ["a refused input", "etl", { input: { pages: "3" } }, 400, "RLT2004"],
    ["no input where there must be one", "etl", {}, 400, "RLT2004"],
    ["an unknown member", "etl", { inputs: { pages: 3 } }, 400, "RLT4002"],
    ["a body that is no object", "etl", [1], 400, "RLT4002"],
  ])("refuses %s with code, message and mend", async (_what, flow, body, status, code) => {
    const response = await post(flow, body);
    expect(response.status).toBe(status);
    expect(response.body).toEqual({ code, message: expect.any(String), mend: expect.any(String) });
  });

  it("names the field, and says code and mend once", async () => {
    const { body } = await post("etl", { input: { pages: "3" } });
    expect(body["message"]).toMatch(/^pages: /);
    expect(body["message"]).not.toMatch(/RLT|Mend/);
  });

  it("refuses what is not JSON", async () => {
    expect(await post("etl", undefined, "{")).toMatchObject({ status: 400, body: { code: "RLT4005" } });
  });

  it("answers 409 for a used key and 413 for an input that is too large", async () => {
    await post("etl", { input: { pages: 1 }, idempotencyKey: "k" });
    expect(await post("etl", { input: { pages: 2 }, idempotencyKey: "k" })).toMatchObject({ status: 409 });
    const large = { parseInput: () => "x".repeat(51 * 1_024 * 1_024) };
    handler = createStartHandler({ flows: { large }, ports: () => ports });
    expect(await post("large", {})).toMatchObject({ status: 413, body: { code: "RLT2009" } });
  });

  it("keeps an unexpected error to the log", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
    ports.machines.fail(new Error("arn:aws:states:eu-west-1:123456789012:stateMachine:secret"));
    const { status, body } = await post("etl", { input: { pages: 1 } });
    expect(status).toBe(500);
    expect(JSON.stringify(body)).not.toContain("123456789012");
    expect(log).toHaveBeenCalledOnce();
    log.mockRestore();
  });
});

describe("a schedule", () => {
  const due = (scheduledTime: string, schedule = "arn:schedule/a") => ({
    runletStart: { flow: "etl", input: { pages: 1 }, schedule, scheduledTime },
  });

  it("makes one run of each planned time, however often it is delivered", async () => {
    const first = await handler(due("2026-01-01T06:00:00Z"));
    expect(await handler(due("2026-01-01T06:00:00Z"))).toMatchObject({ ...first, replayed: true });
    await handler(due("2026-01-02T06:00:00Z"));
    await handler(due("2026-01-01T06:00:00Z", "arn:schedule/b"));
    expect(ports.machines.started.size).toBe(3);
    expect([...ports.runs.all.values()].every(({ source }) => source === "schedule")).toBe(true);
  });

  it("fails the invocation where the input is refused, so that it is retried and then kept in the queue", async () => {
    const wrong = { runletStart: { flow: "etl", schedule: "s", scheduledTime: "t", input: {} } };
    await expect(handler(wrong)).rejects.toMatchObject({ code: "RLT2004" });
  });
});

describe("a direct invocation", () => {
  it("starts a run and answers with it", async () => {
    expect(await handler({ flow: "etl", input: { pages: 1 }, source: "event", runId: "r" })).toEqual({
      runId: "r",
      status: "PENDING",
      replayed: false,
    });
  });

  it.each([null, [], {}, { flow: 1 }, { flow: "etl", extra: 1 }])("refuses %j", async (event) => {
    await expect(handler(event)).rejects.toMatchObject({ code: "RLT4002" });
  });
});

describe("the ports", () => {
  it("are asked for again where they could not be made", async () => {
    const make = vi.fn().mockRejectedValueOnce(new Error("no network")).mockResolvedValue(ports);
    handler = createStartHandler({ flows, ports: make });
    await expect(handler({ flow: "etl", input: { pages: 1 } })).rejects.toThrow("no network");
    expect(await handler({ flow: "etl", input: { pages: 1 } })).toMatchObject({ status: "PENDING" });
  });
});

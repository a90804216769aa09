import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { TaskRecord } from "../../sdk/runtime/ports.ts";
import { portsFromEnvironment } from "../../sdk/runtime/ports-from-environment.ts";

/** The three services as thin as these calls need them; the stand-ins of `sdk/local` pass a suite of their own. */
const objects = new Map<string, Buffer>();
const items = new Map<string, Record<string, { S?: string; N?: string }>>();
const secrets = new Map([["runlet/demo/token", "s3cr3t"]]);
let secretReads = 0;

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const target = String(request.headers["x-amz-target"] ?? "");
  const [status, answer] =
    target === "" ? storage(request, body) : service(target, JSON.parse(body.toString()));
  response.writeHead(status).end(answer);
}

function storage(request: IncomingMessage, body: Buffer): [number, string | Buffer] {
  const key = String(request.url).split("?")[0] ?? "";
  if (request.method === "PUT") {
    objects.set(key, body);
    return [200, ""];
  }
  const bytes = objects.get(key);
  return bytes ? [200, bytes] : [404, "<Error><Code>NoSuchKey</Code><Message>none</Message></Error>"];
}

interface Input {
  Item: Record<string, { S?: string; N?: string }>;
  Key: Record<string, { S?: string }>;
  SecretId: string;
}

function service(target: string, input: Input): [number, string] {
  if (target.endsWith("GetSecretValue")) {
    secretReads++;
    const value = secrets.get(input.SecretId);
    return value
      ? [200, JSON.stringify({ SecretString: value })]
      : [400, '{"__type":"ResourceNotFoundException"}'];
  }
  const key = input.Key ?? input.Item;
  const id = `${key["pk"]?.S} ${key["sk"]?.S}`;
  if (target.endsWith("GetItem")) return [200, JSON.stringify({ Item: items.get(id) })];
  if (items.get(id)?.["status"]?.S === "COMPLETED")
    return [400, '{"__type":"ConditionalCheckFailedException"}'];
  items.set(id, input.Item);
  return [200, "{}"];
}

const server = createServer((request, response) => void serve(request, response));

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  vi.stubEnv("AWS_ENDPOINT_URL", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv("AWS_REGION", "us-east-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "none");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "none");
  vi.stubEnv("AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED", "true");
});
afterAll(() => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
});

const ports = portsFromEnvironment({ RUNLET_BUCKET: "data", RUNLET_TABLE: "runs", RUNLET_PROJECT: "demo" });

describe("ports on AWS", () => {
  it("keep values in the bucket", async () => {
    await ports.objects.put("results/r/s/0-0.json", Buffer.from('"ü"'));
    expect([...objects.keys()]).toEqual(["/data/results/r/s/0-0.json"]);
    expect(Buffer.from(await ports.objects.get("results/r/s/0-0.json")).toString()).toBe('"ü"');
    await expect(ports.objects.get("none")).rejects.toThrow(/^RLT3007: Nothing is stored under "none"/);
  });

  it("keep records in the table, and take it that a completed one stays", async () => {
    const record: TaskRecord = {
      ...{ runId: "r", step: "s", frames: [1], attempt: 0, status: "COMPLETED", stateName: "Completed" },
      ...{ startedAt: 1, endedAt: 2, expiresAt: 3, result: [null] },
    };
    await ports.states?.record(record);
    expect([...items.keys()]).toEqual(["RUN#r TASK#s#1"]);
    await ports.states?.record({ ...record, status: "FAILED", stateName: "Failed" });
    expect(await ports.states?.find(record)).toEqual(record);
    expect(await ports.states?.find({ ...record, frames: [2] })).toBeUndefined();
  });

  it("read secrets of the project, once in a while", async () => {
    expect(await ports.secrets.get("token")).toBe("s3cr3t");
    expect(await ports.secrets.get("token")).toBe("s3cr3t");
    expect(secretReads).toBe(1);
    await expect(ports.secrets.get("none")).rejects.toThrow(/^RLT3006: .*"runlet\/demo\/none"/);
  });
});

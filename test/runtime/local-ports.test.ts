import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fileForKey } from "../../sdk/model/object-files.ts";
import { fromItem, toItem } from "../../sdk/runtime/aws/state-store.ts";
import type { TaskRecord } from "../../sdk/runtime/ports.ts";
import { portsFromEnvironment } from "../../sdk/runtime/ports-from-environment.ts";
import { temporaryFolder } from "../local/temporary-folder.ts";

const record: TaskRecord = {
  ...{ runId: "r", step: "s", frames: [1, 2], attempt: 0, status: "COMPLETED", stateName: "Completed" },
  ...{ startedAt: 1, endedAt: 2, expiresAt: 3, result: { a: [null, "ü"] } },
};

describe("the object directory", () => {
  it("keeps bytes, for the owner only, and leaves no temporary file", async () => {
    const directory = await temporaryFolder();
    const { objects } = portsFromEnvironment({ RUNLET_OBJECTS: directory });
    await objects.put("results/r/s/0-0.json", Buffer.from("[1]"));
    await objects.put("results/r/s/0-0.json", Buffer.from("[2]"));
    expect(Buffer.from(await objects.get("results/r/s/0-0.json")).toString()).toBe("[2]");
    const file = fileForKey(directory, "results/r/s/0-0.json");
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(join(directory, "results/r/s"))).toEqual(["0-0.json"]);
  });

  it("refuses what is missing, and never leaves its directory", async () => {
    const directory = await temporaryFolder();
    const { objects } = portsFromEnvironment({ RUNLET_OBJECTS: join(directory, "objects") });
    await writeFile(join(directory, "secret.txt"), "x");
    await expect(objects.get("results/none.json")).rejects.toThrow(/^RLT3007/);
    await expect(objects.get("../secret.txt")).rejects.toThrow(/^RLT3007/);
    expect(fileForKey(directory, "../../etc/passwd").startsWith(directory)).toBe(true);
  });

  it("is asked for by its name where none is configured", async () => {
    await expect(portsFromEnvironment({}).objects.put("k", new Uint8Array())).rejects.toThrow(
      /RUNLET_OBJECTS/,
    );
  });
});

describe("the state directory", () => {
  it("keeps the completed record, and the newer of two failures", async () => {
    const directory = await temporaryFolder();
    const { states } = portsFromEnvironment({ RUNLET_STATES: directory });
    const failed: TaskRecord = { ...record, status: "FAILED", stateName: "Failed", startedAt: 10 };
    await states?.record(failed);
    await states?.record({ ...failed, startedAt: 5 });
    expect((await states?.find(record))?.startedAt).toBe(10);
    await states?.record({ ...record, startedAt: 20 });
    await states?.record({ ...failed, startedAt: 30 });
    expect((await states?.find(record))?.status).toBe("COMPLETED");
    expect(await states?.find({ runId: "r", step: "other", frames: [] })).toBeUndefined();
    expect(JSON.parse(await readFile(join(directory, "r/s/1.2.json"), "utf8")).startedAt).toBe(20);
  });

  it("is off where nobody asks for it", () => {
    expect(portsFromEnvironment({ RUNLET_OBJECTS: "/x" }).states).toBeUndefined();
  });
});

describe("secrets of the environment", () => {
  it("stand under their names", async () => {
    const { secrets } = portsFromEnvironment({ RUNLET_SECRET_DB_MAIN_V2: "x" });
    expect(await secrets.get("db/main-v2")).toBe("x");
    await expect(secrets.get("none")).rejects.toThrow(/^RLT3006.*RUNLET_SECRET_NONE/);
  });
});

describe("the item of the run table", () => {
  it("has its keys, and gives the record back", () => {
    const reference = { "$runlet.ref": { key: "k", bytes: 9, sha256: "s" } };
    const failed: TaskRecord = {
      ...record,
      status: "FAILED",
      stateName: "TimedOut",
      error: { name: "E", message: "m" },
      requestId: "q",
      logStream: "l",
    };
    delete failed.result;
    for (const each of [record, { ...record, result: null }, failed, { ...record, reference }]) {
      expect(fromItem(toItem(each))).toEqual(each);
    }
    expect(toItem(record)).toMatchObject({
      pk: { S: "RUN#r" },
      sk: { S: "TASK#s#1.2" },
      expiresAt: { N: "3" },
    });
  });
});

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { HistoryEvent } from "../../../sdk/engine/index.ts";
import { FaultyDisk } from "../../journal/faulty-disk.ts";
import { rejection } from "../../journal/harness.ts";
import { LAMBDA, machine, TOKEN } from "../run.ts";
import { Desk, engineOf, type Work } from "./desk.ts";
import { MACHINES, work } from "./machines.ts";

const fixtures = new URL("fixtures/", import.meta.url).pathname;

/** A run that failed, was redriven, and failed again; and one that waits for a token. */
const more = {
  fails: machine({
    A: { Type: "Task", Resource: TOKEN, Arguments: "{% $states.context.Task.Token %}", End: true },
  }),
};

/** Branches whose first calls come in an order that how expressions are evaluated decides. */
const sinceFormat3 = {
  branches: machine({
    P: {
      Type: "Parallel",
      Branches: ["$number('1')", "$type(1) = 'number' and 1 < 2", "$states.input", "1 + 1"].map(
        (text, n) => ({
          StartAt: `B${n}`,
          States: {
            [`B${n}`]: { Type: "Pass", Assign: { [`v${n}`]: `{% ${text} %}` }, Next: `T${n}` },
            [`T${n}`]: { Type: "Task", Resource: LAMBDA, Arguments: [`{% ${text} %}`, n], End: true },
          },
        }),
      ),
      End: true,
    },
  } as never),
};
const answers: Work = (call, clock) => (call.taskToken ? { ok: true, output: null } : work(call, clock));

/**
 * What `fixtures/v<n>` holds; written by this function with RUNLET_WRITE_FIXTURE=1, when a format is settled and never
 * after: runs of all kinds, half done, as a crash left them, and what was heard of them until then. Since format 2 with a
 * machine of two versions and an alias, and a run of it; since format 3 with branches that run side by side.
 */
async function writeFixture(folder: string): Promise<void> {
  const desk = new Desk();
  const heard: Record<string, HistoryEvent[]> = {};
  const onEvent = (arn: string, event: HistoryEvent): void => {
    heard[arn] = [...(heard[arn] ?? []), event];
  };
  const engine = engineOf(await desk.open(answers, { onEvent, snapshotBytes: 8_000, segmentBytes: 4_000 }));
  await desk.until(engine.createActivity("a"));
  const named = { name: "named", definition: more.fails, publish: true };
  const { stateMachineArn, stateMachineVersionArn: first = "" } = await desk.until(
    engine.machines.create(named),
  );
  const route = { stateMachineVersionArn: first, weight: 100 };
  await desk.until(engine.machines.createAlias("live", [route]));
  const next = machine({ B: { Type: "Succeed" } });
  await desk.until(engine.machines.update(stateMachineArn, next, true));
  await desk.until(engine.startMachine({ stateMachineArn: `${stateMachineArn}:live`, name: "fails-named" }));
  for (const [name, definition] of Object.entries({ ...MACHINES, ...more, ...sinceFormat3 })) {
    await desk.until(engine.start({ definition, name: `${name}-early`, input: { m: 1 }, note: { name } }));
  }
  for (let step = 0; step < 40; step++) {
    desk.clock.step();
    await desk.settle(10);
  }
  const [failing] = engine.list().filter(({ name }) => name === "fails-early");
  await desk.until(engine.find(failing?.arn ?? "")?.stop("Stopped") ?? Promise.resolve());
  await desk.until(engine.redrive(failing?.arn ?? ""));
  for (const [name, definition] of Object.entries({ ...MACHINES, ...more, ...sinceFormat3 })) {
    await desk.until(engine.start({ definition, name: `${name}-late` }));
  }
  for (let step = 0; step < 3; step++) {
    desk.clock.step();
    await desk.settle(10);
  }
  desk.crash("everything");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, "data"), { recursive: true });
  for (const name of desk.disk.listing()) {
    writeFileSync(join(folder, "data", name), desk.disk.file(name)?.cache ?? "");
  }
  writeFileSync(join(folder, "heard.json"), `${JSON.stringify(heard, null, 1)}\n`);
}

function load(folder: string): Desk {
  const desk = new Desk();
  desk.disk = new FaultyDisk();
  for (const name of readdirSync(join(folder, "data"))) {
    const bytes = readFileSync(join(folder, "data", name));
    const inode = { cache: bytes, disk: Buffer.from(bytes), dirty: new Set<number>(), modified: 0, links: 1 };
    desk.disk.names.set(`/data/${name}`, inode);
    desk.disk.syncedNames.set(`/data/${name}`, inode);
  }
  return desk;
}

const RUNS = 2 * Object.keys({ ...MACHINES, ...more }).length;
const MACHINE = "arn:aws:states:us-east-1:000000000000:stateMachine:named";

describe("format", () => {
  test.each([
    { format: "1", runs: RUNS, inFlight: 9 },
    { format: "2", runs: RUNS + 1, inFlight: 10 },
    // By the last version of format 2, with what tells it from format 3.
    { format: "2-branches", runs: RUNS + 3, inFlight: 13 },
    { format: "3", runs: RUNS + 3, inFlight: 13 },
  ])(
    "runs that the version which settled format $format left half done go on, as they were heard of until then",
    async ({ format, runs, inFlight }) => {
      const folder = join(fixtures, `v${format}`);
      if (format === "3" && process.env["RUNLET_WRITE_FIXTURE"]) await writeFixture(folder);
      const heard = JSON.parse(readFileSync(join(folder, "heard.json"), "utf8")) as Record<
        string,
        HistoryEvent[]
      >;
      const desk = load(folder);
      const process_ = await desk.open(answers);
      const engine = engineOf(process_);
      const all = engine.list();
      expect(all).toHaveLength(runs);
      expect(engine.recovered.length).toBe(inFlight);
      expect(engine.recovered.filter(({ error }) => error)).toEqual([]);
      for (const { arn, name } of engine.recovered) {
        if (!name.startsWith("fails")) continue;
        const stop = engine.find(arn)?.stop("Enough");
        await desk.until(stop ?? Promise.resolve());
      }
      for (const { arn, name } of all) {
        await desk.until(engine.find(arn)?.done ?? Promise.reject(new Error("not there")));
        const history = await desk.until(engine.history(arn));
        const until = heard[arn] ?? [];
        expect(history.slice(0, until.length), name).toEqual(until);
        const { status } = engine.describe(arn);
        expect(status, name).toBe(name.startsWith("fails") ? "ABORTED" : "SUCCEEDED");
      }
      if (format === "1") return;
      expect(engine.machines.versions(MACHINE)).toEqual([`${MACHINE}:2`, `${MACHINE}:1`]);
      expect(engine.machines.aliases(MACHINE)).toEqual([`${MACHINE}:live`]);
    },
  );

  test("a newer format is refused, and nothing is touched", async () => {
    const desk = load(join(fixtures, "v999"));
    const before = desk.disk.listing();
    const refused = await rejection(desk.open(answers));
    expect(refused.code).toBe("RLT6002");
    expect(refused.message).toMatch(
      /ENGINE says that the runs are kept in format 999.* Mend: Open it with the version/,
    );
    expect(desk.disk.listing()).toEqual(before);
  });
});

import { describe, expect, it } from "vitest";
import { type Fault, FaultyDisk, type Luck, type Machine, type Operation } from "./faulty-disk.ts";
import { HandClock, Processes } from "./harness.ts";
import { type Actor, Story } from "./story.ts";

/** Everything that a journal does: begin, append one and many, segments, a snapshot, close, open again. */
async function scenario(story: Story, machine: Machine): Promise<void> {
  const first = await story.enter(machine);
  await story.append(first);
  await Promise.all([story.append(first, 700), story.append(first), story.append(first, 30)]);
  for (let i = 0; i < 6; i++) await story.append(first, 60);
  const appended = story.append(first);
  await Promise.all([story.snapshot(first), appended, story.append(first)]);
  await Promise.all([story.append(first), story.append(first)]);
  await first.journal.close();
  const second = await story.enter(machine);
  await Promise.all([story.append(second), story.append(second, 600)]);
  await story.snapshot(second);
  await story.append(second);
  // Two at once: the first may be done, and tidy up, while the second is still being written.
  const both = [story.snapshot(second)];
  both.push(story.append(second), story.append(second, 200), story.snapshot(second), story.append(second));
  await Promise.all(both);
  await second.journal.close();
}

type Rule = (operation: Operation, name: string, count: number) => Fault;

/** Runs the scenario, and ends the process at its n-th operation; a write is cut off in the middle. */
async function dieAt(n: number, rule: Rule): Promise<Story> {
  const disk = new FaultyDisk();
  const story = new Story(disk, new HandClock(), new Processes());
  let left = n;
  const seen = new Map<string, number>();
  const machine = disk.process((operation, name) => {
    const key = `${operation} ${name}`;
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    if (--left === 0) return operation === "write" ? { error: "EDEAD", after: (n * 37) % 90 } : "die";
    return rule(operation, name, count);
  });
  await Promise.race([scenario(story, machine), machine.died]);
  machine.kill();
  return story;
}

/** Another process opens after the crash, appends, and the power fails again: nothing that was shown may be missing. */
async function recoverTwice(story: Story, disk: FaultyDisk, rule: Rule): Promise<void> {
  const after = fork(story, disk);
  const seen = new Map<string, number>();
  const plan = (operation: Operation, name: string): Fault => {
    const key = `${operation} ${name}`;
    seen.set(key, (seen.get(key) ?? 0) + 1);
    return rule(operation, name, seen.get(key) ?? 0);
  };
  const machine = disk.process(plan);
  const actor = await after.enter(machine);
  await after.append(actor);
  machine.kill();
  after.processes.gone.add(actor.pid);
  await after.enter(disk.powerFailure("nothing").process());
}

function fork(story: Story, disk: FaultyDisk): Story {
  const processes = new Processes();
  for (let pid = 1; pid < 10; pid++) processes.gone.add(processes.next().pid);
  const copy = new Story(disk, story.clock, processes);
  copy.certain = [...story.certain];
  copy.epoch = story.epoch;
  copy.ids = story.ids;
  copy.actors = story.actors.map(
    (actor): Actor => ({ ...actor, sent: actor.sent.map((sent) => ({ ...sent })) }),
  );
  return copy;
}

const LUCK: readonly Luck[] = ["nothing", "everything", "removals"];

/** A seeded stream of numbers in [0, 1). */
function lucky(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

async function crashEverywhere(rule: Rule, stride = 1): Promise<number> {
  const whole = await dieAt(0, rule);
  const total = whole.disk.operations;
  for (let n = 1; n <= total + 1; n += stride) {
    const story = await dieAt(n, rule);
    const lucks = [...LUCK, lucky(n), lucky(n + 7_919)];
    for (const luck of lucks) await recoverTwice(story, story.disk.powerFailure(luck), rule);
    await recoverTwice(story, story.disk, rule); // only the process died: what the page cache holds is seen, and must then last
  }
  return total;
}

describe("a crash at every operation", () => {
  it("loses nothing that was acknowledged or recovered", async () => {
    expect(await crashEverywhere(() => undefined)).toBeGreaterThan(100);
  });

  it("of two snapshots at once the first removes nothing that only the second stands for", async () => {
    const story = new Story(new FaultyDisk(), new HandClock(), new Processes());
    const machine = story.disk.process();
    const actor = await story.enter(machine);
    await story.append(actor);
    const slow = (name: string): number => (name.startsWith("snapshot-000000000000001-") ? 20 : 1_000);
    machine.turns = (name) => (name.startsWith("snapshot") ? slow(name) : 1);
    const first = story.snapshot(actor);
    await story.append(actor);
    void story.snapshot(actor);
    await first;
    machine.kill();
    story.processes.gone.add(actor.pid);
    await story.enter(story.disk.process());
  });

  const batch = (operation: Operation, name: string): boolean =>
    operation === "sync" && name.startsWith("segment");
  let renamed = "";
  const directory =
    (kind: string): Rule =>
    (operation, name) => {
      if (operation === "rename") renamed = name;
      return operation === "syncDirectory" && renamed.startsWith(kind) ? "skip" : undefined;
    };
  const mutants: Record<string, Rule> = {
    "of a batch": (operation, name, count) => (batch(operation, name) && count > 1 ? "skip" : undefined),
    "of a new segment": (operation, name, count) =>
      batch(operation, name) && count === 1 ? "skip" : undefined,
    "of a snapshot": (operation, name) =>
      operation === "sync" && name.startsWith("snapshot") ? "skip" : undefined,
    "of the marker": (operation, name) =>
      operation === "sync" && name.startsWith("JOURNAL") ? "skip" : undefined,
    "of the owner file": (operation, name) =>
      operation === "sync" && name.startsWith("owner") ? "skip" : undefined,
    "of the directory after a new segment": directory("segment"),
    "of the directory after a snapshot": directory("snapshot"),
  };
  for (const [name, rule] of Object.entries(mutants)) {
    it(`would be caught without the sync ${name}`, async () => {
      await expect(crashEverywhere(rule)).rejects.toThrow(/lost|not there|RLT6003|RLT6001|out of order/);
    });
  }
});

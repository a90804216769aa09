// A process with a durable engine, for tests that kill it. It takes commands, a JSON a line, and says on its output what
// was acknowledged. Its tasks append to a file outside: the oracle of what really ran. Bundled and run by tests.
import { createHash } from "node:crypto";
import { appendFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { openEngine } from "../../sdk/engine/index.ts";
import { createLambdaHost, type LambdaHost } from "../../sdk/local/lambda-host/index.ts";
import type { Json } from "../../sdk/model/json.ts";

const [directory = "", oracle = "", lease = "10000", childFile = "", bundleFile = ""] = process.argv.slice(2);
const say = (word: string, more: object = {}): void =>
  void process.stdout.write(`${JSON.stringify({ say: word, at: Date.now(), ...more })}\n`);
const codeOf = (error: unknown): unknown =>
  (error as { code?: unknown }).code ?? (error as Error).name ?? String(error);

type Command = {
  start?: string;
  definition: never;
  input: Json;
  list?: true;
  history?: string;
  count?: number;
};
type Args = { step: string; path: string; millis?: number; poison?: string };

let host: LambdaHost | undefined;
if (bundleFile !== "") {
  host = createLambdaHost({ environment: { ORACLE: oracle }, childFile });
  host.register("task", { bundleFile, timeoutSeconds: 3, memoryMb: 128, environment: {} });
}

async function main(): Promise<void> {
  const began = performance.now();
  const engine = await openEngine({
    directory,
    owner: `server ${process.pid}`,
    leaseMillis: Number(lease),
    snapshotBytes: 200_000,
    segmentBytes: 100_000,
    onLost: (error) => say("lost", { code: error.code }),
    onTrouble: (error) => say("trouble", { code: codeOf(error) }),
    integration: async ({ arguments: args, executionName, attempt }) => {
      const { step, path, millis = 5 } = args as Args;
      if (host) return host.invoke("task", args);
      appendFileSync(
        oracle,
        `${JSON.stringify([executionName, `${path} ${step}`, attempt, process.pid, Date.now()])}\n`,
      );
      await new Promise((resolve) => setTimeout(resolve, millis));
      return { ok: true, output: `${path} ${step}` };
    },
  });
  const follow = (arn: string, name: string): void => {
    engine.find(arn)?.done.then(
      (result) => say("ended", { name, result }),
      (error) => say("gave up", { name, code: codeOf(error) }),
    );
  };
  const opened = performance.now() - began;
  /** The first so many events of a run, as a checksum. */
  const heard = async (arn: string, count?: number): Promise<object> => {
    const events = (await engine.history(arn)).slice(0, count);
    return {
      events: events.length,
      digest: createHash("sha256").update(JSON.stringify(events)).digest("hex"),
    };
  };
  for (const { arn, name } of engine.recovered) {
    follow(arn, name);
    say("stands", { name, ...(await heard(arn)) });
  }
  say("open", { millis: opened, inFlight: engine.recovered.length });
  createInterface({ input: process.stdin }).on("line", async (line) => {
    const command = JSON.parse(line) as Command;
    if (command.list) return say("list", { runs: engine.list() });
    if (command.history !== undefined) {
      const arn = engine.list().find(({ name }) => name === command.history)?.arn ?? "";
      return say("history", { name: command.history, ...(await heard(arn, command.count)) });
    }
    const { start: name = "", definition, input } = command;
    try {
      const { arn } = await engine.start({ name, definition, input });
      say("accepted", { name });
      follow(arn, name);
    } catch (error) {
      say("refused", { name, code: codeOf(error) });
    }
  });
}

main().catch((error) => {
  say("failed", { code: codeOf(error), message: String(error) });
  process.exit(1);
});

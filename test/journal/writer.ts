// A process that owns a journal: appends numbers, and says on its output what was acknowledged. Bundled and run by tests.
import { openJournal } from "../../sdk/journal/index.ts";

const [directory = "", name = "", mode = "", lease = "60000"] = process.argv.slice(2);
const say = (...words: unknown[]): void => void process.stdout.write(`${words.join(" ")}\n`);
const codeOf = (error: unknown): unknown => (error as { code?: unknown }).code ?? error;

async function session(records: number): Promise<boolean> {
  const state: unknown[] = [];
  try {
    const journal = await openJournal({
      directory,
      owner: name,
      leaseMillis: Number(lease),
      segmentBytes: 4_096,
      replay: ({ value, from }) =>
        from === "snapshot" ? state.push(...(value as unknown[])) : state.push(value),
    });
    say("epoch", journal.epoch);
    let next = state.length;
    const one = async (): Promise<void> => {
      const value = `${name} ${journal.epoch} ${next++}`;
      state.push(value);
      await journal.append(name, value);
      say("ack", value);
    };
    for (let n = 0; n < records; n += 5) {
      await Promise.all([one(), one(), one(), one(), one()]);
      if (n % 100 === 50) await journal.snapshot((put) => put("state", state));
    }
    await journal.close();
    return true;
  } catch (error) {
    say("failed", codeOf(error));
    return codeOf(error) !== "RLT6001";
  }
}

if (mode === "forever") await session(Number.POSITIVE_INFINITY);
else {
  for (let sessions = 0; sessions < 4; ) {
    if (await session(10)) sessions++;
    else await new Promise((resolve) => setTimeout(resolve, 5 + Math.random() * 20));
  }
}
process.exit(0);

import { randomUUID } from "node:crypto";
import { isSystemError } from "../../journal/node-files.ts";
import { steadyClock } from "../../model/clock.ts";
import { createIds } from "../../model/ids.ts";
import { RunletError } from "../../model/runlet-error.ts";
import { DurableEngine } from "./durable-engine.ts";
import { Ledger } from "./ledger.ts";
import { checkMarker, writeMarker } from "./marker.ts";
import type { DurableEngineOptions } from "./types.ts";

/**
 * Opens the engine whose runs are kept in a directory, as its only owner, and goes on with those that have not ended: in
 * the state in which they were, with their variables, counted retries, waits and tokens. Only calls that were under way
 * are made again.
 *
 * @throws RunletError RLT6001 while another process owns the directory, RLT6002 for a format of a newer version, RLT6003
 * for damage that only a person can judge, RLT6005 when the system fails
 * @example
 * const engine = await openEngine({ directory: ".runlet/journal", integration });
 * const run = await engine.start({ definition, input: { pages: 3 }, name: "monday" }); // on disk now
 * const result = await run.done;
 * await engine.close();
 */
export async function openEngine(options: DurableEngineOptions): Promise<DurableEngine> {
  const clock = options.clock ?? steadyClock();
  const ids = options.ids ?? { runId: createIds(clock).runId, uuid: randomUUID };
  const { directory, files, owner = "runlet", onLost, onTrouble = () => undefined } = options;
  let engine: DurableEngine | undefined;
  const lost = (error: RunletError): void => {
    engine?.halt(error);
    onLost?.(error);
  };
  const ledger = new Ledger({ ...options, clock, owner, onLost: lost, onTrouble });
  try {
    await checkMarker(directory, files);
    await ledger.open();
    await writeMarker(directory, files);
    engine = new DurableEngine(options, ledger, clock, ids);
    await engine.recover();
    return engine;
  } catch (error) {
    if (engine) await engine.close();
    else await ledger.close();
    throw isSystemError(error) ? failed(directory, error as Error) : error;
  }
}

const failed = (directory: string, error: Error): RunletError =>
  new RunletError("RLT6005", `Opening ${directory} failed: ${error.message}.`, { cause: error });

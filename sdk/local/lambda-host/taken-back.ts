import { randomUUID } from "node:crypto";
import { closeSync, ftruncateSync, openSync, unlinkSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const SLOT_BYTES = 8;

/**
 * A file without a name that a host shares with its processes. Each has a number in it: turns below it are taken back.
 * A process whose loop is blocked reads no message, yet looks here before it begins what waits in its line. The process
 * says that a turn begins and looks then; the host writes here and listens then. So either the host hears of the
 * beginning or the process sees that the turn was taken back, and no call is made twice.
 */
export class TakenBack {
  readonly descriptor: number;
  readonly #free: number[] = [];
  #slots = 0;
  #closed = false;

  constructor() {
    const file = join(tmpdir(), `runlet-line-${randomUUID()}`);
    this.descriptor = openSync(file, "wx+", 0o600);
    unlinkSync(file);
  }

  /** A place that holds nothing. */
  takeSlot(): number {
    const slot = this.#free.pop() ?? this.#slots++;
    ftruncateSync(this.descriptor, this.#slots * SLOT_BYTES);
    this.write(slot, 0);
    return slot;
  }

  /** Its process must be gone. */
  giveSlot(slot: number): void {
    this.#free.push(slot);
  }

  write(slot: number, below: number): void {
    const bytes = Buffer.alloc(SLOT_BYTES);
    bytes.writeDoubleLE(below);
    writeSync(this.descriptor, bytes, 0, SLOT_BYTES, slot * SLOT_BYTES);
  }

  close(): void {
    if (!this.#closed) closeSync(this.descriptor);
    this.#closed = true;
  }
}

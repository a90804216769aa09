import { createHash } from "node:crypto";
import type { Ids } from "../../model/ids.ts";

/** Ids and random numbers that a replay gives again. Who does not know the seed cannot tell the next id: tokens are made of them. */
export function seededIds(seed: string): Ids & { random(): number } {
  let count = 0;
  const bytes = (): Buffer => createHash("sha256").update(`${seed} ${++count}`).digest();
  const uuid = (): string => {
    const own = bytes();
    own.writeUInt8((own.readUInt8(6) & 0x0f) | 0x40, 6);
    own.writeUInt8((own.readUInt8(8) & 0x3f) | 0x80, 8);
    const hex = own.toString("hex", 0, 16);
    // Joined and not a template, which would hold on to each of its parts: a large map keeps very many.
    const ends = [8, 12, 16, 20, 32];
    return ends.map((end, index) => hex.slice(ends[index - 1] ?? 0, end)).join("-");
  };
  return { uuid, runId: uuid, random: () => bytes().readUIntLE(0, 6) / 2 ** 48 };
}

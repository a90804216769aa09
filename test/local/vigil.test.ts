import { describe, expect, it } from "vitest";
import {
  CHAIN_MILLIS,
  FIRST_PENALTY,
  LAST_PENALTY,
  VIGIL_MILLIS,
  Vigil,
} from "../../sdk/local/lambda-host/vigil.ts";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A vigil in hand-made time; `asked` counts the turns of the event loop in which it looked at the time. */
class Night {
  time = 1_000;
  asked = 0;
  readonly vigil: Vigil;

  constructor(processors = 2, millis = VIGIL_MILLIS) {
    const now = (): number => {
      this.asked++;
      return this.time;
    };
    this.vigil = new Vigil({ processors, now, millis });
  }

  /** @returns in how many of ten turns it was awake */
  async awake(): Promise<number> {
    this.asked = 0;
    for (let n = 0; n < 10; n++) await turn();
    return this.asked;
  }

  async inVain(): Promise<void> {
    this.vigil.begin();
    this.time += VIGIL_MILLIS;
    await turn();
    await turn();
  }
}

describe("a vigil", () => {
  it("keeps the event loop turning until the answer is there", async () => {
    const night = new Night();
    expect(await night.awake()).toBe(0);
    night.vigil.begin();
    expect(await night.awake()).toBeGreaterThan(8);
    night.vigil.end();
    expect(await night.awake()).toBeLessThan(2);
  });

  it("looks once a turn, also after calls that follow one another in one turn", async () => {
    const night = new Night();
    for (let call = 0; call < 50; call++) {
      night.vigil.begin();
      await turn();
      night.vigil.end();
    }
    night.vigil.begin();
    expect(await night.awake()).toBeLessThan(12);
  });

  it("ends by itself, and is then left out for a while, longer each time it was in vain", async () => {
    const night = new Night();
    for (let penalty = FIRST_PENALTY; penalty <= 64; penalty *= 2) {
      await night.inVain();
      for (let call = 0; call < penalty; call++) {
        night.vigil.begin();
        expect(await night.awake()).toBe(0);
      }
    }
    night.vigil.begin();
    expect(await night.awake()).toBeGreaterThan(8);
    night.vigil.end();
    await night.inVain();
    for (let call = 0; call < FIRST_PENALTY; call++) night.vigil.begin();
    expect(await night.awake()).toBe(0);
    night.vigil.begin();
    expect(await night.awake()).toBeGreaterThan(8);
    expect(LAST_PENALTY).toBeGreaterThan(1_000);
  });

  it("of a task's process lasts as long as its host may need between two calls", async () => {
    const night = new Night(2, CHAIN_MILLIS);
    night.vigil.begin();
    night.time += CHAIN_MILLIS - 0.01;
    expect(await night.awake()).toBeGreaterThan(8);
    night.time += 0.01;
    await turn();
    expect(await night.awake()).toBe(0);
  });

  it("is not kept where there is one processor", async () => {
    const night = new Night(1);
    night.vigil.begin();
    expect(await night.awake()).toBe(0);
  });
});

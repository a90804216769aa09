import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "vitest";
import { check } from "../../sdk/compiler/index.ts";
import { assertSame } from "./compare.ts";
import { type Call, openPrograms } from "./harness.ts";
import { PRELUDE } from "./prelude.ts";

const INPUTS = [
  {
    a: 1,
    b: 2,
    list: [3, 1, 2],
    s: "text",
    n: 3,
    rows: [{ x: 1 }, { x: 2 }],
    flag: true,
    none: null,
    bad: ["fail", 1],
    two: ["fail", { fail: true }],
  },
  { a: 5, b: 0, list: [], s: "", n: 0, rows: [], flag: false, none: null, bad: [], two: [] },
  {
    a: "x",
    b: null,
    list: [null, "fail", 2, [1], {}],
    s: "fail",
    n: 2,
    rows: [{ x: "fail" }, { x: null }],
    flag: 1,
    bad: [1, "fail", 2],
    two: ["fail", "fail", 3],
  },
];
const key = (c: Call): string => `${c.task}#${c.attempt}(${c.args})`;
const before = (calls: Call[]): Set<string> => {
  const set = new Set<string>();
  const counts = new Map<string, number>();
  for (const c of calls) counts.set(key(c), (counts.get(key(c)) ?? 0) + 1);
  for (const a of calls)
    for (const b of calls)
      if (a !== b && a.ended < b.began && counts.get(key(a)) === 1 && counts.get(key(b)) === 1)
        set.add(`${key(a)} < ${key(b)}`);
  return set;
};
it("probe", async () => {
  const programs = readFileSync(process.env["PROBE"] ?? "", "utf8")
    .split("\n")
    .map((l) => l.trim())
    .filter((l) => l && !l.startsWith("#"));
  const main = join(mkdtempSync(join(tmpdir(), "probe-")), "main.ts");
  const MODULE =
    'import { sleep, FinalError } from "runlet";\nexport const kid = flow(async (x) => { const y = await pick(x); return [y, x]; });\nexport const wide = flow(async (xs) => await pick.map(xs));';
  const out: string[] = [];
  const ok = programs.filter((text) => {
    const found = check(main, `${PRELUDE}\n${MODULE}\nexport const m = flow(${text});\n`);
    if (found.length > 0) out.push(`REFUSED ${found[0]?.code} ${found[0]?.message}\n    ${text}`);
    return found.length === 0;
  });
  const opened = await openPrograms({
    "main.ts": [MODULE, ...ok.map((text, i) => `export const p${i} = flow(${text});`)].join("\n"),
  });
  let seed = 7;
  const random = (): number => {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
    return seed / 0x7fffffff;
  };
  for (const [i, text] of ok.entries()) {
    let told = "";
    for (const [j, input] of INPUTS.entries()) {
      const plain = await opened.plain(`p${i}`, input);
      for (const path of ["fast", "slow", "raise"] as const) {
        try {
          assertSame(plain, await opened.compiled(`p${i}`, input, path), `${path} input ${j}`);
        } catch (e) {
          told ||= (e as Error).message;
        }
      }
      if (j === 2) continue;
      let hb: Set<string> | undefined;
      for (let k = 0; k < 5; k++) {
        const { calls } = await opened.plain(`p${i}`, input, () => Math.floor(random() * 40));
        const now = before(calls);
        hb = hb ? new Set([...hb].filter((x) => now.has(x))) : now;
      }
      let cb: Set<string> | undefined;
      for (let k = 0; k < 5; k++) {
        const { calls } = await opened.compiled(`p${i}`, input, "fast", () => Math.floor(random() * 40));
        const now = before(calls);
        const missing = [...(hb ?? [])].filter((x) => !now.has(x));
        if (missing.length > 0) told ||= `ORDER lost: ${missing[0]} (input ${j})`;
        cb = cb ? new Set([...cb].filter((x) => now.has(x))) : now;
      }
      const more = [...(cb ?? [])].filter((x) => !hb?.has(x));
      if (more.length > 0 && !told)
        out.push(`SEQUENTIAL ${more.length} ${more[0]} (input ${j})\n    ${text}`);
    }
    out.push(told ? `DIFF ${told}\n    ${text}` : `OK ${text}`);
  }
  opened.close();
  console.log(out.sort().join("\n"));
  console.log(`${ok.length} compiled of ${programs.length}`);
}, 1_000_000);

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { check } from "../../sdk/compiler/index.ts";
import { root } from "../cli/cli.ts";
import { same } from "./compare.ts";
import { openPrograms, type Programs } from "./harness.ts";
import { MUST_WORK } from "./must-work.ts";
import { PRELUDE } from "./prelude.ts";
import { HOSTILE, PRACTICE } from "./values.ts";

const PAGE = join(root, "docs/language.md");
const [BEGIN, END] = [
  "<!-- must-work: begin, written by npm run docs:language -->",
  "<!-- must-work: end -->",
];
const REFUSES = ["RLT3005", "RLT2001", "RLT2010"] as const;

const programs = MUST_WORK.flatMap(({ construct, programs: own, refused = false }) =>
  Object.entries(own).map(([name, text], i) => ({
    construct,
    name,
    text,
    refused,
    flow: "",
    i,
    codes: [] as string[],
  })),
);
const [practice = {}] = PRACTICE;
const inputs = [
  ...PRACTICE,
  ...["a", "s", "o", "list"].flatMap((key, i) =>
    [0, 7, 23].map((n) => ({ ...practice, [key]: HOSTILE[n + i] })),
  ),
];

/** Rows as the page has them: what works, and what is refused still, by the code that says so. */
function table(): string {
  const lines = MUST_WORK.map(({ construct, refused }) => {
    const own = programs.filter((one) => one.construct === construct);
    const open = own.filter(({ codes }) => codes.length > 0);
    const told = open.map(
      ({ name, codes }) => `${name} (${codes.map((code) => `[${code}](errors/${code}.md)`).join(", ")})`,
    );
    const state = refused
      ? "refused"
      : open.length === 0
        ? "works"
        : open.length === own.length
          ? "not yet"
          : "in part";
    return `| ${construct.replaceAll("|", "\\|")} | ${state} | ${told.join("; ").replaceAll("|", "\\|")} |`;
  });
  return ["| construct | today | refused |", "| --- | --- | --- |", ...lines].join("\n");
}

describe("what people write", () => {
  let opened: Programs;
  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), "runlet-must-work-"));
    for (const [i, one] of programs.entries()) {
      one.flow = `m${i}`;
      const text = `${PRELUDE}\nexport const m = flow(${one.text});\n`;
      one.codes = [...new Set(check(join(folder, "main.ts"), text).map(({ code }) => code))];
    }
    rmSync(folder, { recursive: true });
    const flows = programs
      .filter(({ codes }) => codes.length === 0)
      .map(({ flow, text }) => `export const ${flow} = flow(${text});`);
    opened = await openPrograms({ "main.ts": flows.join("\n") });
    await opened.file();
  });
  afterAll(() => opened?.close());

  it.each(programs)("$construct: $name", async ({ flow, codes, refused }) => {
    if (refused) expect(codes).not.toEqual([]);
    else if (codes.length === 0)
      expect((await same(opened, flow, inputs, { refuses: REFUSES })).runs).toBeGreaterThan(0);
  });

  it("stands in docs/language.md: what worked when it was written works still", () => {
    const page = readFileSync(PAGE, "utf8");
    const at = page.indexOf(BEGIN);
    const end = page.indexOf(END);
    expect(at).toBeGreaterThan(0);
    const made = `${page.slice(0, at + BEGIN.length)}\n\n${table()}\n\n${page.slice(end)}`;
    if (process.env["RUNLET_WRITE_DOCS"]) {
      writeFileSync(PAGE, made);
      return;
    }
    const lost = page
      .slice(at, end)
      .split("\n")
      .filter((line) => / \| works \| /.test(line) && !made.includes(line));
    expect(lost, "run npm run docs:language where these were given up on purpose").toEqual([]);
    if (made !== page) console.log("docs/language.md is behind: npm run docs:language writes it");
  });
});

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CODES, errorPage } from "../../sdk/cli/error-page.ts";
import { ERROR_PAGES } from "../../sdk/model/error-pages.ts";
import { root } from "../cli/cli.ts";
import { compileText, writeFiles } from "./fixture.ts";

const examples = Object.entries(ERROR_PAGES).flatMap(([code, { wrong, right }]) =>
  wrong !== undefined && right !== undefined ? [{ code, wrong, right }] : [],
);

type Main = { main: () => Promise<unknown> };
const plain = async (text: string): Promise<unknown> =>
  ((await import(writeFiles({ "plain.ts": text })("plain.ts"))) as Main).main();

describe("the page of each run-time error", () => {
  it.each(examples)(
    "$code: its wrong example ends with it, in Node and compiled",
    async ({ code, wrong }) => {
      await expect(plain(wrong)).rejects.toMatchObject({ message: expect.stringMatching(`^${code}: `) });
      const compiled = await compileText(wrong);
      await expect(compiled.run()).rejects.toMatchObject({ message: expect.stringMatching(`^${code}: `) });
    },
  );

  it.each(examples)("$code: its right example gives one answer, in Node and compiled", async ({ right }) => {
    const compiled = await compileText(right);
    expect((await compiled.run()).output).toEqual(await plain(right));
  });
});

describe("docs/errors", () => {
  it("holds the page of each code as it is now: else run `npm run docs`", () => {
    const folder = join(root, "docs/errors");
    expect(readdirSync(folder).sort()).toEqual(CODES.map((code) => `${code}.md`));
    for (const code of CODES)
      expect(readFileSync(join(folder, `${code}.md`), "utf8"), code).toBe(`${errorPage(code)}\n`);
  });

  it("has none for a code that was never given", () => {
    expect([errorPage("RLT9999"), errorPage("toString"), errorPage("")]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

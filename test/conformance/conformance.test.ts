import { join } from "node:path";
import { expect, test } from "vitest";
import { runSuite } from "./runner/suite.ts";

const { judged, unreadable } = await runSuite(join(import.meta.dirname, "cases"));

test("every file of cases is understood", () => expect(unreadable).toEqual([]));

test.each(judged.map((one): [string, typeof one] => [`${one.case.category} ${one.case.id}`, one]))(
  "%s",
  (_name, { verdict }) => {
    for (const measure of Object.values(verdict)) expect(measure).toBe(true);
  },
);

test("ids are unique", () => {
  const ids = judged.map(({ case: one }) => `${one.category} ${one.id}`);
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
});

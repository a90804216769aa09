import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { same } from "./compare.ts";
import { openPrograms, type Programs } from "./harness.ts";

/** Objects of the bucket `shop`, by key. */
const OBJECTS: Record<string, string | Uint8Array> = {
  "orders.csv": 'id,name,note\n1,Ann,plain\n2,"Bo, Jr.","a ""quoted"" one"\n3,Cy,"two\nlines"\n',
  "bom.csv": "\uFEFFid,n\r\n1,2\r\n\r\n3,4",
  "short.csv": "a,b,c\n1\n1,2,3,4\n,,\n",
  "backslash.csv": 'path,size\nC:\\\\Files\\\\a.exe,1\nx\\,y,2\nz\\q,"3\\"4"\n',
  "doubled.csv": 'a,b\n{""k"":""v""},1\n',
  "semicolon.csv": "a;b\n1,5;x\n",
  "tab.csv": "a\tb\n1\t2\n",
  "names.csv": "1,2\n3,4\n",
  "twice.csv": "a,a\n1,2\n",
  "head.csv": "a,b\n",
  "empty.csv": "",
  "proto.csv": "__proto__,constructor\n1,2\n",
  "marked.csv": "$runlet.error,b\n1,2\n",
  "list.json": '[1, "two", null, {"a": [1.5, true]}, [], ""]',
  "none.json": "[]",
  "object.json": '{"rows": [{"n": 1}, {"n": 2}], "a/b": [3]}',
  "text.json": '"text"',
  "broken.json": "[1, 2",
  "empty.json": "",
  "marked.json": '[1, {"deep": [{"$runlet.ref": {"key": "k"}}]}]',
  "lines.jsonl": '{"n": 1}\n\n{"n": 2}\r\n[3]\n"four"\n',
  "broken.jsonl": '{"n": 1}\n{n}\n',
  "zipped.jsonl": gzipSync('{"z": 1}\n{"z": 2}\n'),
  "failing.jsonl": '1\n"fail"\n3\n{"fail": true}\n5\n',
  "many.csv": `id\n${Array.from({ length: 130 }, (_, i) => i).join("\n")}\n`,
  "in/b.csv": "n\n3\n4\n",
  "in/a.csv": "n\n1\n2\n",
  "in/deep/c.csv": "n\n5\n",
  "in/é ü*.csv": "n\n6\n",
};

const map = (place: string, options = ""): string =>
  `async (raw) => { const rs = await load.map(${place}${options}); return send(rs.length, rs); }`;

const FLOWS: Record<string, string> = {
  "a CSV file": map('s3("shop/orders.csv")'),
  "a byte order mark, carriage returns, empty lines": map('s3("s3://shop/bom.csv")'),
  "short and long rows": map('s3("shop/short.csv")'),
  // V30, the next three too
  backslashes: map('s3("shop/backslash.csv")'),
  "doubled quotes outside of quotes": map('s3("shop/doubled.csv")'),
  "another delimiter": map('s3("shop/semicolon.csv", { delimiter: ";" })'),
  "a tab": map('s3({ bucket: "shop", key: "tab.csv", delimiter: "\\t" })'),
  "headers given": map('s3("shop/names.csv", { headers: ["x", "y"] })'),
  "two columns of one name": map('s3("shop/twice.csv")'),
  "a header and no rows": map('s3("shop/head.csv")'),
  "an empty CSV file": map('s3("shop/empty.csv")'),
  "columns named as what objects have": map('s3("shop/proto.csv")'),
  "a column with a mark of Runlet's": map('s3("shop/marked.csv")'),
  "a JSON list": map('s3("shop/list.json")'),
  "an empty JSON list": map('s3("shop/none.json")'),
  "an object in place of a list": map('s3("shop/object.json")'),
  "a list within an object": map('s3("shop/object.json", { pointer: "/rows" })'),
  "a pointer with a slash in a name": map('s3("shop/object.json", { pointer: "/a~1b" })'),
  "a pointer that leads nowhere": map('s3("shop/object.json", { pointer: "/x" })'),
  "a text in place of a list": map('s3("shop/text.json")'),
  "broken JSON": map('s3("shop/broken.json")'),
  "an empty JSON file": map('s3("shop/empty.json")'),
  // V31
  "a mark of Runlet's deep in an item": map('s3("shop/marked.json")'),
  "JSON Lines": map('s3("shop/lines.jsonl")'),
  "a broken line": map('s3("shop/broken.jsonl")'),
  zipped: map('s3("shop/zipped.jsonl")'),
  "no such object": map('s3("shop/nothing.csv")'),
  "no such bucket": map('s3("nowhere/nothing.csv")'),
  "another format than the ending says": map('s3("shop/orders.csv", { format: "jsonl" })'),
  "at most so many": map('s3("shop/many.csv", { limit: 3 })'),
  "objects below a prefix": map('s3({ bucket: "shop", prefix: "in/" })'),
  "no objects below a prefix": map('s3({ bucket: "shop", prefix: "out/" })'),
  "rows of all objects below a prefix": map('s3({ bucket: "shop", prefix: "in/", format: "csv", limit: 5 })'),
  "130 rows, in batches": map('s3("shop/many.csv")', ", { batchSize: 7, concurrency: 50 }"),
  "failing items": map('s3("shop/failing.jsonl")').replace("load.map", "pick.map"),
  "tolerated failures": map('s3("shop/failing.jsonl")', ', { toleratedFailures: "40%" }').replace(
    "load.map",
    "pick.map",
  ),
  "too many failures": map('s3("shop/failing.jsonl")', ", { toleratedFailures: 1 }").replace(
    "load.map",
    "pick.map",
  ),
  "a computed key": map("s3({ bucket: BUCKET, key: `${raw.name ?? 'orders'}.csv`, format: 'csv' })"),
  "a computed path": map("s3(`shop/${raw.name ?? 'orders'}.csv`)"),
  "a key that is none": map("s3({ bucket: 'shop', key: raw.n, format: 'csv' })"),
  "a key of a task": map("s3({ bucket: 'shop', key: await load('lines.jsonl'), format: 'jsonl' })"),
  caught:
    "async () => { try { return await load.map(s3('shop/nothing.csv')); } catch (e) { return [e.name, e.message, e instanceof Error]; } }",
  "in a loop":
    "async () => { const all = []; for (const key of ['in/a.csv', 'in/b.csv', 'nothing.csv']) { try { const rs = await load.map(s3({ bucket: 'shop', key, format: 'csv' })); all.push(...rs); } catch (e) { all.push(e.message); } } return all; }",
  "objects, and the rows of each":
    "async () => { const found = await load.map(s3({ bucket: 'shop', prefix: 'in/' })); const rows = await Promise.all(found.map(async ({ key }) => { const rs = await price.map(s3({ bucket: 'shop', key, format: 'csv' })); return rs.length; })); return rows; }",
  "a future":
    "async () => { const p = load.map(s3('shop/in/a.csv')); const x = await price(1); const q = load.map(s3('shop/nothing.csv')); try { await q; } catch (e) { return [x, await p, e.message]; } }",
  "a future of a computed place":
    "async (raw) => { const p = load.map(s3({ bucket: 'shop', key: raw.n ?? 'in/a.csv', format: 'csv' })); const q = price([1, raw.n]); const x = await q; return [x, (await p).length]; }",
  "several futures":
    "async () => { const p = load.map(s3('shop/in/a.csv')); const q = load.map(s3('shop/in/b.csv')); const r = price(4); return Promise.all([r, q, p]); }",
  "nobody awaits it": "async () => { const p = load.map(s3('shop/nothing.csv')); return await price(1); }",
};

describe("maps over items in an object store", () => {
  let programs: Programs;
  const before = process.env["RUNLET_OBJECTS"];
  const directory = mkdtempSync(join(tmpdir(), "runlet-s3-"));
  const names = Object.keys(FLOWS);
  beforeAll(async () => {
    process.env["RUNLET_OBJECTS"] = directory;
    for (const [key, body] of Object.entries(OBJECTS)) {
      const file = join(
        directory,
        "shop",
        ...key.split("/").map((one) => encodeURIComponent(one).replace("*", "%2A")),
      );
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, body);
    }
    const flows = Object.values(FLOWS).map((body, i) => `export const p${i} = flow(${body});`);
    programs = await openPrograms({
      "main.ts": ['import { s3 } from "runlet";', 'const BUCKET = "shop";', ...flows].join("\n"),
    });
  }, 120_000);
  afterAll(() => {
    programs?.close();
    rmSync(directory, { recursive: true, force: true });
    if (before === undefined) delete process.env["RUNLET_OBJECTS"];
    else process.env["RUNLET_OBJECTS"] = before;
  });

  it.each(names)("%s", async (name) => {
    const inputs = [{}, { name: "many" }, { name: "nothing", n: 7 }];
    const tally = await same(programs, `p${names.indexOf(name)}`, inputs, {
      paths: ["fast", "slow", "raise"],
    });
    expect(tally.runs).toBe(9);
  });

  it("reads a CSV file as Step Functions documents it", async () => {
    const { end } = await programs.plain("p0", {});
    const rows = [
      { id: "1", name: "Ann", note: "plain" },
      { id: "2", name: "Bo, Jr.", note: 'a "quoted" one' },
      { id: "3", name: "Cy", note: "two\nlines" },
    ];
    expect(end).toEqual({ value: JSON.stringify({ sent: [3, rows], count: 2 }) });
    const of = async (name: string): Promise<unknown> => {
      const { end: ended } = await programs.plain(`p${names.indexOf(name)}`, {});
      return "value" in ended ? (JSON.parse(ended.value) as { sent: unknown[] }).sent[1] : ended.message;
    };
    expect(await of("backslashes")).toEqual([
      { path: "C:\\Files\\a.exe", size: "1" },
      { path: "x,y", size: "2" },
      { path: "zq", size: '3"4' },
    ]);
    expect(await of("doubled quotes outside of quotes")).toEqual([{ a: '{"k":"v"}', b: "1" }]);
    expect(await of("short and long rows")).toEqual([
      { a: "1", b: "", c: "" },
      { a: "1", b: "2", c: "3" },
      { a: "", b: "", c: "" },
    ]);
    expect(await of("a byte order mark, carriage returns, empty lines")).toEqual([
      { id: "1", n: "2" },
      { id: "3", n: "4" },
    ]);
    expect(await of("no such object")).toMatch(
      /^RLT3008: The items of s3:\/\/shop\/nothing.csv could not be read as CSV\./,
    );
    expect(await of("objects below a prefix")).toEqual([
      { bucket: "shop", key: "in/a.csv", size: 6 },
      { bucket: "shop", key: "in/b.csv", size: 6 },
      { bucket: "shop", key: "in/deep/c.csv", size: 4 },
      { bucket: "shop", key: "in/é ü*.csv", size: 4 },
    ]);
  });
});

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  analyse,
  documentOf,
  type FlowDocument,
  flowDocumentSchema,
  toMermaid,
  toSvg,
} from "../../sdk/compiler/index.ts";
import { cli, root } from "../cli/cli.ts";
import { EXAMPLES } from "../examples/folders.ts";
import { writeFiles } from "./fixture.ts";

const HEAD = `import { flow, task } from "runlet";
export const load = task(async (x?: any): Promise<any> => x);
export const save = task(async (x?: any): Promise<any> => x);
`;

function documentsOf(text: string): FlowDocument[] {
  const { flows, diagnostics } = analyse(writeFiles({ "flow.ts": text })("flow.ts"));
  expect(diagnostics.sorted()).toEqual([]);
  return flows.map(documentOf);
}
const document = (body: string): FlowDocument =>
  documentsOf(`${HEAD}export const f = flow(async (input: any) => {\n${body}\n});\n`)[0] as FlowDocument;

/** Fails where the text is not well-formed XML: tags must close in order, and entities be known. */
function wellFormed(svg: string): void {
  const open: string[] = [];
  for (const [whole, closing, name = "", selfClosing] of svg.matchAll(
    /<(\/?)([a-zA-Z]+)(?:\s[\w-]+="[^"<>]*")*\s*(\/?)>/g,
  )) {
    if (closing) expect(open.pop(), whole).toBe(name);
    else if (!selfClosing) open.push(name);
  }
  expect(open).toEqual([]);
  const texts = svg
    .replaceAll(/<style>.*?<\/style>/gs, "")
    .replaceAll(/<\/?[a-zA-Z]+(?:\s[\w-]+="[^"<>]*")*\s*\/?>/g, "");
  expect(texts).not.toMatch(/[<>]|&(?!amp;|lt;|gt;|quot;)/);
}

const EVERYTHING = `const found = await load(input.id);
let total = 0;
for (const row of found.rows) {
  if (row.skip) continue;
  try { const it = await load(row); total = total + it.n; } catch (error) { await save("failed"); throw error; }
}
switch (found.kind) { case "a": await save("a"); case "b": await save("b"); break; case "c": return "c"; }
const parts = await Promise.all(found.rows.map(async (row: any) => { const x = await load(row); return x; }));
if (total > 10 && parts.length > 0) { await save(total); }
return { total, parts };`;

describe("a flow graph as JSON", () => {
  const { nodes, ...head } = document(EVERYTHING);

  it("keeps the documented shape", () => {
    expect(flowDocumentSchema.safeParse(document(EVERYTHING)).error).toBeUndefined();
    expect(head).toEqual({ version: 1, flow: "f", source: { file: "flow.ts", line: 4 } });
  });

  it("tells what each node is, where, and what lies inside it", () => {
    expect(
      nodes.map(({ kind, at, blocks }) => [kind, at.line, ...(blocks ?? []).map(({ label }) => label)]),
    ).toEqual([
      ["step", 5],
      ["loop", 7, "turn"],
      ["switch", 11, 'case "a"', 'case "b"', 'case "c"'],
      ["map", 12, "item"],
      ["branch", 13, "yes", "no"],
      ["return", 14],
    ]);
  });

  it("tells what each node reads: steps, loops, maps, variables and the input", () => {
    expect(nodes.map(({ id, reads }) => [id, reads])).toEqual([
      ["load", ["input"]],
      ["for row of found.rows", ["load"]],
      ["switch found.kind", ["load"]],
      ["map found.rows", ["load"]],
      ["if total > 10 parts.length > 0", expect.arrayContaining(["set total", "map found.rows"])],
      ["return 3", expect.arrayContaining(["set total", "map found.rows"])],
    ]);
    const turn = nodes[1]?.blocks?.[0]?.nodes ?? [];
    expect(turn[0]?.reads).toEqual(["for row of found.rows"]);
    const error = turn[1]?.blocks?.[1]?.nodes.at(-1);
    expect([error?.kind, error?.reads]).toEqual(["throw", ["try"]]);
    expect(nodes[3]?.blocks?.[0]?.nodes[0]?.reads).toEqual(["map found.rows"]);
  });

  it("tells where a case falls through, and what a jump leaves", () => {
    const cases = nodes[2]?.blocks ?? [];
    expect(cases.map(({ fallsThrough }) => fallsThrough === true)).toEqual([true, false, false]);
    expect(cases[1]?.nodes.at(-1)).toMatchObject({ kind: "break", target: "switch found.kind" });
  });

  it("names its nodes as the machine names its states", () => {
    const ids = (list: FlowDocument["nodes"]): string[] =>
      list.flatMap(({ id, blocks = [] }) => [id, ...blocks.flatMap((block) => ids(block.nodes))]);
    expect(new Set(ids(nodes)).size).toBe(ids(nodes).length);
  });
});

describe("drawings", () => {
  it.each(EXAMPLES)("of the example %s are whole", (name) => {
    for (const flow of analyse(join(root, "examples", name, "flow.ts")).flows.map(documentOf)) {
      wellFormed(toSvg(flow));
      const ids = new Set(toMermaid(flow).match(/\bn\d+\b/g));
      for (const id of ids) expect(toMermaid(flow)).toMatch(new RegExp(`\\b${id}(item)?(\\[|\\(|\\{)`));
    }
  });

  it("show text that is markup, quotes or half a character as text", () => {
    const hostile = document(
      'if (input.a === "<script>&amp;\\"\\u0000]]>" && input["😀"] === "\ud83d") return "</text>"; await load("`#35;`"); return 1;',
    );
    wellFormed(toSvg(hostile));
    expect(toSvg(hostile)).not.toContain("<script>");
    expect(toSvg(hostile).isWellFormed()).toBe(true);
    for (const line of toMermaid(hostile).split("\n")) expect((line.match(/"/g) ?? []).length % 2).toBe(0);
  });

  it("every kind of node has its place in all three", () => {
    const [all] = documentsOf(`import { approval, flow, sleep, task } from "runlet";
export const load = task(async (x?: any): Promise<any> => x);
export const inner = flow(async (x: any) => await load(x));
export const f = flow(async (input: any) => {
  const helper = async (n: number) => { const r = await load(n); if (r > 1) return "big"; return "small"; };
  const [a, b] = await Promise.all([load(1), load(2)]);
  outer: for (const row of input.rows) for (const cell of row) { if (cell === 1) break outer; await load(cell); }
  try { await sleep({ seconds: 10 }); if ((await helper(1)) === "big") return 1; } catch (e) { await load(3); } finally { await load(4); }
  for (const x of input.list) { if (x > 3) return x; }
  const ok = await approval("Go?", { timeout: { hours: 1 } });
  return [a, b, await inner(1), ok];
});
`).filter(({ flow }) => flow === "f");
    if (!all) throw new Error("There is no flow f.");
    const kinds = (list: FlowDocument["nodes"]): string[] =>
      list.flatMap(({ kind, blocks = [] }) => [kind, ...blocks.flatMap((block) => kinds(block.nodes))]);
    const found = new Set(kinds(all.nodes));
    for (const kind of [
      "approval",
      "block",
      "break",
      "loop",
      "parallel",
      "script",
      "sleep",
      "step",
      "subflow",
      "try",
    ])
      expect(found, kind).toContain(kind);
    expect(flowDocumentSchema.safeParse(all).error).toBeUndefined();
    wellFormed(toSvg(all));
    for (const text of ["sleep", "helper", "return &quot;big&quot;", "inner", "approval"])
      expect(toSvg(all)).toContain(text);
    expect(toMermaid(all)).toContain('"inner"');
    // Each kind that there is stands on the page.
    const page = readFileSync(join(root, "docs/graph.md"), "utf8");
    for (const kind of found) expect(page, kind).toContain(`\`${kind}\``);
  });

  it("an arrow leads from a break to what follows its loop, and from a continue back to it", () => {
    const mermaid = toMermaid(
      document(
        "for (const x of input.xs) { if (x === 1) continue; if (x === 2) break; await load(x); } await save(1); return 1;",
      ),
    );
    const idOf = (name: string): string => new RegExp(`(n\\d+)[^\\w\\s]+"${name}`).exec(mermaid)?.[1] ?? name;
    expect(mermaid).toContain(`${idOf("continue")} --> ${idOf("for x")}`);
    expect(mermaid).toContain(`${idOf("break")} --> ${idOf("save")}`);
  });

  it("forty tries in each other are drawn in a moment", () => {
    const deep = `${"try { ".repeat(40)}await load(1);${" } catch { await save(2); }".repeat(40)} return 1;`;
    wellFormed(toSvg(document(deep)));
  });

  it("runlet graph prints them; an SVG holds one flow", async () => {
    const file = writeFiles({
      "two.ts": `${HEAD}export const one = flow(async () => 1);\nexport const two = flow(async () => await load(2));\n`,
    })("two.ts");
    const json = JSON.parse((await cli(["graph", file, "--json"])).stdout) as unknown[];
    expect(json.map((one) => flowDocumentSchema.parse(one).flow)).toEqual(["one", "two"]);
    expect((await cli(["graph", file, "--svg", "--flow", "two"])).stdout).toMatch(/^<svg.*<\/svg>\n$/s);
    const several = await cli(["graph", file, "--svg"]);
    expect([several.code, several.stdout]).toEqual([2, ""]);
    expect(several.stderr).toContain("--flow");
    expect((await cli(["graph", file, "--svg", "--json"])).code).toBe(2);
  });
});

import { suite } from "./suite.ts";

const HASH = "import { createHash } from 'node:crypto';";

suite(
  "what Node gives beside JavaScript",
  {
    "hashes, in a function of the module": {
      flow: "async (raw) => { const key = sha(JSON.stringify(raw.list)); await load(key); return [key, sha(`${raw.s}`), raw.list.map((x) => sha(String(x)))]; }",
      module: [HASH, "const sha = (text) => createHash('sha256').update(text).digest('hex');"],
    },
    "a hash in the flow itself": {
      flow: "async (raw) => load(createHash('md5').update(`${raw.a}`).digest('base64'))",
      module: HASH,
    },
    buffers:
      "async (raw) => { const token = Buffer.from(`${raw.s}:é😀`).toString('base64'); await load(token); return [Buffer.from(token, 'base64').toString('utf8'), Buffer.byteLength(`${raw.s}é`), btoa('ab'), atob(btoa('x'))]; }",
    "text in bytes":
      "async (raw) => { const n = new TextEncoder().encode(`${raw.s}é😀`).length; await load(n); return [n, new TextDecoder().decode(new TextEncoder().encode(`${raw.t}`))]; }",
    "a comparison in a language":
      "async (raw) => { const sorted = ['b', 'ä', 'a', 'Z'].sort((a, b) => a.localeCompare(b, 'de')); await load(sorted); return [sorted, `${raw.s}`.localeCompare('b', 'en')]; }",
    "a comparison in the language of the machine": {
      module: [
        'import { byLabel } from "./order.ts";',
        "const plainly = (a, b) => a.localeCompare(b /* the other */);",
      ],
      flow: "async (raw) => { const ws = [...raw.words, 'b', 'ä', 'a', 'Z', '10', '9', 'é', raw.s]; const one = [...ws].sort((a, b) => a.localeCompare(b)); await notify(one); const rows = raw.items.map((x) => ({ id: x.id, label: x.tags.join() })).sort(byLabel); const four = [...ws].sort((x, y) => x.localeCompare(y, undefined, { numeric: true })); let best = ''; for (const w of ws) { if (w.localeCompare(best) > 0) best = w; await notify(best); } return [one, ws.toSorted(plainly), rows, four, best, raw.s?.localeCompare((raw.t)), raw.t.localeCompare(await load(raw.s))]; }",
    },
  },
  {
    inputs: 8,
    files: { "order.ts": "export const byLabel = (a, b) => a.label.localeCompare(b.label) || a.id - b.id;" },
  },
);

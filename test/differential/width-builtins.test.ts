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
  },
  { inputs: 8 },
);

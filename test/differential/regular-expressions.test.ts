import { suite } from "./suite.ts";

/** Regular expressions that every engine reads alike, and some that none does. */
const PROGRAMS: readonly string[] = [
  "async (raw) => send(raw.s.replace(/[aeiou]/g, (v) => `<${v}>`), raw.s.replace(/t/, '$&$&'))",
  "async (raw) => { const slug = raw.s.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, ''); await load(slug); return slug; }",
  "async (raw) => { if (!/^[a-z]+$/.test(raw.s)) throw new Error('bad name'); return load(raw.s); }",
  "async (raw) => { const parts = raw.s.split(/[x,]\\s*/); await send(parts); return parts.length; }",
  "async (raw) => { const all = raw.t.match(/[a-m]/g); await load(all); return all === null ? 0 : all.length; }",
  "async (raw) => { const word = /\\bt\\w*/i; const hits = raw.words.filter((w) => word.test(w)); await load(hits); return word.test(raw.t); }",
  "async (raw) => { const swap = (s) => s.replace(/(\\w)(\\w)/g, '$2$1'); await load(swap(raw.s)); return swap(raw.t); }",
  "async (raw) => raw.s.replaceAll(/\\s/g, '_')",
  "async (raw) => raw.s.replaceAll(/\\s/, '_')",
  "async (raw) => [raw.s.match(/t/)?.[0], raw.s.search(/x/), raw.s.split(/(x)/), /a*/.test(raw.s)]",
  "async (raw) => raw.s.replace(/(a)|(t)/g, (all, a, t) => `${a}${t}`)",
  "async (raw) => raw.words.map((w) => w.replace(/\\w/g, (c) => c + raw.list.length))",
];

suite("regular expressions", Object.fromEntries(PROGRAMS.map((program) => [program, program])));

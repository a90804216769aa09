import { suite } from "./suite.ts";

/** Files beside the programs, with classes of errors and functions that ask for them. */
const FILES = {
  "othh.ts":
    'export class TwiceH extends Error { other = 1; } export const failH = (x) => { throw new TwiceH("other " + x); };',
  "errse.ts":
    'export class NotFoundE extends Error { constructor(id) { super(`no ${id}`); this.name = "NotFoundE"; this.id = id; } } export const isNotFoundE = (e) => e instanceof NotFoundE; export const statusOfE = (e) => (e instanceof NotFoundE ? 404 : e instanceof Error ? 500 : 0); export const needE = (o, id) => { if (!o[id]) throw new NotFoundE(id); return o[id]; };',
  "errsf.ts":
    'export class HttpF extends Error { constructor(public readonly status: number, message = `status ${status}`) { super(message); this.name = "HttpF"; } get isClient() { return this.status < 500; } } export default class LimitF extends HttpF { constructor() { super(429); this.name = "LimitF"; } } export async function guarded(run, onLimit) { try { return await run(); } catch (e) { if (e instanceof LimitF) return onLimit(e.status); throw e; } } export const asStatus = (e: unknown) => (e instanceof HttpF ? e.status : 500);',
};

suite(
  "errors of the author's classes",
  {
    "json of a caught custom error": {
      module: ['class JsonE extends Error { constructor(m) { super(m); this.name = "JsonE"; } }'],
      flow: 'async (raw) => { try { await load(1); throw new JsonE("m" + raw.a); } catch (e) { return [JSON.stringify(e), Object.keys(e), { ...e }]; } }',
    },
    "json of a caught custom error after await": {
      module: ['class JsonF extends Error { constructor(m) { super(m); this.name = "JsonF"; } }'],
      flow: 'async (raw) => { try { await load(1); throw new JsonF("m" + raw.a); } catch (e) { await load(2); return [JSON.stringify(e), Object.keys(e), { ...e }, "name" in e, Object.hasOwn(e, "name")]; } }',
    },
    "keys of task error":
      'async (raw) => { try { await pick("fail"); } catch (e) { await load(2); return [JSON.stringify(e), Object.keys(e), { ...e }]; } }',
    "keys of assigned name":
      'async (raw) => { try { const e = new Error("x" + raw.a); e.name = "Q"; throw e; } catch (e) { await load(2); return [JSON.stringify(e), Object.keys(e), { ...e }]; } }',
    "constructor name": {
      module: ["class ConE extends RangeError { }"],
      flow: 'async (raw) => { try { await load(1); throw new ConE("m" + raw.a); } catch (e) { await load(2); return [e.constructor.name, e.name]; } }',
    },
    "constructor of built in":
      'async (raw) => { try { await pick("fail"); } catch (e) { await load(2); return e.constructor.name; } }',
    "imported helper asks instanceof": {
      module: ['import { isNotFoundE, needE, statusOfE } from "./errse.ts";'],
      flow: 'async (raw) => { try { await load(1); return needE(raw.o, "zz"); } catch (e) { await load(2); return [isNotFoundE(e), statusOfE(e)]; } }',
    },
    "helper same region": {
      module: ["class RegE extends Error { }", "const isRegE = (e) => e instanceof RegE;"],
      flow: 'async (raw) => { try { const f = () => { throw new RegE("m" + raw.a); }; f(); } catch (e) { return isRegE(e); } }',
    },
    "task error is of no class of the author's": {
      module: [
        'class TaskF extends Error { constructor(m) { super(m); this.name = "TaskF"; this.code = 7; } }',
        'export const custF = task(async (x) => { await call("custF", [x]); throw new TaskF("t" + JSON.stringify(x)); });',
      ],
      flow: 'async (raw) => { try { if (raw.flag) throw new TaskF("own"); return await custF(raw.a); } catch (e) { await load(1); return [e.name, e.message, e.code ?? "no code", e instanceof TaskF, e instanceof Error, JSON.stringify(e)]; } }',
    },
    "sub-flow error loses its class": {
      module: [
        'class SubF extends TypeError { constructor(m) { super(m); this.name = "SubF"; this.code = 8; } }',
        'export const childF = flow(async (x) => { await load(x); if (x === 5) { try { throw new SubF("in"); } catch (e) { await load(2); if (e instanceof SubF) throw e; } } throw new SubF("child " + JSON.stringify(x), { cause: new SubF("deep") }); });',
      ],
      flow: 'async (raw) => { try { return await childF(raw.a); } catch (e) { await load(1); return [e.name, e.message, e.code ?? "no code", e instanceof SubF, e instanceof TypeError, Object.keys(e), e.constructor.name, e.cause?.constructor.name ?? null]; } }',
    },
    "sub-flow error passed through": {
      module: [
        "class PassF extends Error { status = 404; }",
        'export const childP = flow(async (x) => { throw new PassF("child " + JSON.stringify(x)); });',
        "export const middleP = flow(async (x) => { try { return await childP(x); } finally { await notify(1); } });",
      ],
      flow: 'async (raw) => { try { return await middleP(raw.a); } catch (e) { return [e.name, e.status ?? "none", e instanceof PassF]; } }',
    },
    "in maps and settled": {
      module: [
        'class MapF extends Error { override name = "MapF"; at; constructor(at, kind = "k") { super("at " + at); this.at = at; this.kind = kind; } }',
      ],
      flow: 'async (raw) => { const one = async (x) => { await load(x); if (x === 1) throw new MapF(x); if (x === 2) throw new RangeError("two"); return x; }; const rs = await Promise.allSettled(raw.list.map(one)); await load(9); return rs.map((r) => (r.status === "fulfilled" ? r.value : r.reason instanceof MapF ? [r.reason.at, r.reason.kind, r.reason.name] : r.reason.name)); }',
    },
    "map thrown": {
      module: [
        'class MapG extends Error { override name = "MapG"; constructor(at) { super("at " + at); this.at = at; } }',
      ],
      flow: "async (raw) => { try { return await Promise.all(raw.list.map(async (x) => { await load(x); if (x === 1) throw new MapG(x); return x; })); } catch (e) { if (e instanceof MapG) return { at: e.at, keys: Object.keys(e) }; throw e; } }",
    },
    "rethrown through finally and outer handler": {
      module: [
        "class ReF extends Error { constructor(code, m) { super(m); this.code = code; } get retryable() { return this.code >= 500; } toString() { return `ReF(${this.code})`; } }",
      ],
      flow: 'async (raw) => { const log = []; for (const c of [404, 503]) { try { try { await load(c); throw new ReF(c, "m" + c); } catch (e) { log.push(e.code); throw e; } finally { log.push(await load("f")); } } catch (e) { log.push(e instanceof ReF && e.retryable, String(e), `${e}`, e.message); } } return log; }',
    },
    "private class read by properties": {
      module: ["class PrivG extends RangeError { #c = 1; open = 2; get c() { return this.#c; } }"],
      flow: 'async (raw) => { try { await load(1); throw new PrivG("x" + raw.a); } catch (e) { await load(2); return [e instanceof RangeError, e.open, e.name, raw.flag ? 1 : e.constructor.name]; } }',
      refuses: ["RLT3005"],
    },
    "objects in errors": {
      module: ["class DetF extends Error { constructor(m, details) { super(m); this.details = details; } }"],
      flow: 'async (raw) => { try { await load(1); throw new DetF("x", { a: raw.a, l: [1] }); } catch (e) { await load(2); return [e instanceof DetF, e.message, e.details]; } }',
      refuses: ["RLT3005"],
    },
    "kept in a variable": {
      module: [
        'class KeepF extends Error { constructor(n) { super("n" + n); this.n = n; this.name = "KeepF"; } }',
      ],
      flow: 'async (raw) => { let last = null; const all = []; for (const n of [1, 2, 3]) { try { await load(n); if (n !== 2) throw new KeepF(n); } catch (e) { last = e; all.push(e); } } await load("k"); return [last instanceof KeepF, last.n, all.map((e) => e.n), all.every((e) => e instanceof KeepF)]; }',
    },
    "cause class": {
      module: ['class CauF extends Error { constructor(m, o) { super(m, o); this.name = "CauF"; } }'],
      flow: 'async (raw) => { try { try { await pick("fail"); } catch (e) { throw new CauF("first", { cause: e }); } } catch (e) { try { throw new CauF("second", { cause: e }); } catch (f) { await load(1); return [f instanceof CauF, f.cause instanceof CauF, f.cause.cause instanceof CauF, f.cause.cause instanceof RangeError, f.cause.cause.message]; } } }',
    },
    "cause of text and object": {
      flow: 'async (raw) => { try { throw new Error("m", { cause: raw.s }); } catch (e) { await load(1); return [e.cause ?? "none", "cause" in e, Object.keys(e)]; } }',
      refuses: ["RLT3005"],
    },
    "same region and across in one": {
      module: [
        'class BothF extends Error { constructor(n) { super("n"); this.n = n; } }',
        "const pickF = (x) => { if (x > 3) throw new BothF(x); return x; };",
        "const descF = (e) => (e instanceof BothF ? { n: e.n } : { m: e.message });",
      ],
      flow: "async (raw) => { let r; try { r = pickF(raw.a); } catch (e) { r = descF(e); } await load(r); try { r = await load(pickF(raw.b + 3)); } catch (e) { r = [r, descF(e)]; } return r; }",
    },
    "switch true by class": {
      module: ["class SwA extends Error {} class SwB extends SwA {}"],
      flow: 'async (raw) => { const out = []; for (const k of ["a", "b", "c"]) { try { await load(k); if (k === "a") throw new SwA(k); if (k === "b") throw new SwB(k); null.x; } catch (e) { switch (true) { case e instanceof SwB: out.push("B"); break; case e instanceof SwA: out.push("A"); break; default: out.push(e.name); } } } return out; }',
    },
    "abstract base and static code": {
      module: [
        'abstract class BaseF extends Error { abstract readonly code: string; static from(e) { return e instanceof BaseF ? e.code : "unknown"; } }',
        'class LeafF extends BaseF { readonly code = "LEAF"; constructor(m: string) { super(m); this.name = new.target.name; Object.setPrototypeOf(this, new.target.prototype); } }',
      ],
      flow: 'async (raw) => { try { await load(1); throw new LeafF("m" + raw.a); } catch (err) { const e = err as LeafF; await load(2); return e instanceof BaseF ? [e.code, e.name, e instanceof LeafF] : "no"; } }',
    },
    "classes of another file": {
      module: ['import LimitF, { asStatus, guarded, HttpF as HF } from "./errsf.ts";'],
      flow: 'async (raw) => { const out = []; for (const n of [1, 2, 3]) { try { out.push(await guarded(async () => { await load(n); if (n === 1) throw new LimitF(); if (n === 2) throw new HF(404); return n; }, (s) => `limit ${s}`)); } catch (e) { out.push(e instanceof HF && e.isClient ? `client ${asStatus(e)}` : "other"); } } return out; }',
    },
    "an undefined field and null": {
      module: [
        "class UndF extends Error { field?: string; none = null; flag = false; constructor(m, field?) { super(m); this.field = field; } }",
      ],
      flow: 'async (raw) => { try { await load(1); throw new UndF("m", raw.zz); } catch (e) { await load(2); return ["field" in e, e.field === undefined, e.none, e.flag, Object.keys(e), JSON.stringify(e)]; } }',
    },
    "not of the class": {
      module: ["class NoneF extends Error {}"],
      flow: 'async (raw) => { try { await pick(raw.flag ? "fail" : 1); raw.none.x; } catch (e) { return [e instanceof NoneF, (raw.o instanceof NoneF), raw.none instanceof NoneF]; } }',
    },
    "error given by a chain": {
      module: ['class ChainF extends Error { constructor(n) { super("c" + n); this.n = n; } }'],
      flow: 'async (raw) => { const f = async (n) => { await load(n); throw new ChainF(n); }; return await f(raw.a).catch((e) => (e instanceof ChainF ? e.n : "no")); }',
      refuses: ["RLT3005"],
    },
    "message and name by fields": {
      module: ['class FldF extends Error { override message = "by field"; override name = "FldF"; }'],
      flow: "async (raw) => { try { await load(1); throw new FldF(); } catch (e) { await load(2); return [Object.keys(e), JSON.stringify(e), e.message, { ...e }]; } }",
    },
    "own toJSON": {
      module: [
        'class JsnF extends Error { constructor(c) { super("j"); this.c = c; } toJSON() { return { c: this.c, m: this.message }; } }',
      ],
      flow: "async (raw) => { try { await load(1); throw new JsnF(raw.a); } catch (e) { await load(2); return JSON.parse(JSON.stringify(e)); } }",
      refuses: ["RLT3005"],
    },
    "error object handed to a task": {
      module: ['class ArgF extends Error { constructor(c) { super("j"); this.c = c; } }'],
      flow: "async (raw) => { try { await load(1); throw new ArgF(raw.a); } catch (e) { await send({ ...e, message: e.message, name: e.name }); return send(e); } }",
      refuses: ["RLT3005"],
    },
    aggregate:
      'async (raw) => { const errs = []; for (const x of [1, "fail"]) { try { await pick(x); } catch (e) { errs.push(e); } } if (errs.length) throw new AggregateError(errs, `${errs.length} failed`); return "ok"; }',
    "error made first": {
      module: [
        'class FirstF extends Error { constructor(n) { super("n" + n); this.n = n; } }',
        "const makeF = (n) => new FirstF(n);",
      ],
      flow: "async (raw) => { const err = new FirstF(1); await notify(err.message); try { if (raw.flag) throw err; throw makeF(2); } catch (e) { await load(e instanceof FirstF); return e.n; } }",
    },
    "error returned as result": {
      module: ['class ResF extends Error { constructor(n) { super("n" + n); this.n = n; } }'],
      flow: 'async (raw) => { const check = (x) => (x > 3 ? new ResF(x) : null); const bad = check(raw.a); if (bad) { await load(bad.message); throw bad; } return "fine"; }',
    },
    "error with count in static": {
      module: [
        'class StatF extends Error { static count = 0; constructor() { super("c"); this.c = StatF.count; } }',
      ],
      flow: "async (raw) => { try { await load(1); throw new StatF(); } catch (e) { return [e instanceof StatF, e.c]; } }",
    },
    "a sub-flow called with what is missing": {
      module: [
        "export const childG = flow(async (x = 5) => { await load(x); return [x === undefined, x === null, x]; });",
        "export const childH = flow(async (x) => [x === undefined, x === null, typeof x]);",
      ],
      flow: "async (raw) => { const u = raw.zz; let c; if (raw.flag) c = raw.a; return [await childG(raw.a), await childG(raw.zz), await childG(undefined), await childG(), await childG(u), await childG(raw.none), await childH(c), await childH(raw.o?.q), await childH(raw.list[9]), await childH({ k: raw.zz }), await childH([raw.zz]), await childH(raw.a ?? undefined), await childH(raw.flag ? raw.zz : 1)]; }",
    },
    "changed after it was made": {
      module: ["class ChgH extends Error { status = 0; tags = 1; }"],
      flow: 'async (raw) => { try { const err = new ChgH("m" + raw.a); err.status = raw.a; err.extra = raw.s; delete err.tags; throw err; } catch (e) { await load(1); return [e.status, e.extra, "tags" in e, Object.keys(e), e instanceof ChgH]; } }',
    },
    "weird members": {
      module: [
        'class WeirdH extends Error { constructor(m) { super("x"); this.message = m; this.list = undefined; this["a b"] = 1; this["__proto__x"] = 2; this[5] = "five"; } get [Symbol.toStringTag]() { return "W"; } }',
      ],
      flow: 'async (raw) => { try { await load(1); throw new WeirdH(raw.s); } catch (e) { await load(2); return [e.message, e["a b"], e[5], Object.keys(e), "list" in e]; } }',
      refuses: ["RLT2006"],
    },
    "has instance": {
      module: [
        'class HasH extends Error { static [Symbol.hasInstance](x) { return x?.name === "RangeError"; } }',
      ],
      flow: 'async (raw) => { try { await pick("fail"); } catch (e) { await load(2); return [e instanceof HasH, e instanceof RangeError]; } }',
    },
    "constructor throws": {
      module: [
        'class ThrowH extends Error { constructor(x) { super("t"); if (x === 5) throw new TypeError("made wrongly"); this.x = x.y; } }',
      ],
      flow: "async (raw) => { try { await load(1); throw new ThrowH(raw.a); } catch (e) { await load(2); return [e.name, e.message, e instanceof ThrowH, e instanceof TypeError]; } }",
    },
    "same name in two files": {
      module: [
        'import { failH, TwiceH as OtherH } from "./othh.ts";',
        "class TwiceH extends Error { mine = 1; }",
      ],
      flow: 'async (raw) => { const out = []; for (const k of [1, 2]) { try { await load(k); if (k === 1) failH(k); throw new TwiceH("mine"); } catch (e) { await load(0); out.push([e instanceof TwiceH, e instanceof OtherH, Object.keys(e)]); } } return out; }',
    },
    "thrown in a nested map and caught outside by class": {
      module: ['class DeepH extends RangeError { constructor(p, public depth = 2) { super("deep " + p); } }'],
      flow: "async (raw) => { try { return await Promise.all(raw.rows.map(async (row, i) => Promise.all(row.map(async (x) => { await load(x); if (x === 3) throw new DeepH(`${i}/${x}`); return x; })))); } catch (e) { const first = e; try { throw first; } catch (again) { await load(1); return [again instanceof DeepH && again.depth, again === undefined, again.message]; } } }",
    },
    "thrown by a finally and by a catch": {
      module: ['class FinH extends Error { constructor(n) { super("f" + n); this.n = n; } }'],
      flow: 'async (raw) => { const f = async (n) => { try { await load(n); throw new FinH(n); } catch (e) { if (e.n === 1) throw new FinH(e.n + 10); return e.n; } finally { if (n === 3) throw new FinH(n + 100); } }; const out = []; for (const n of [1, 2, 3]) { try { out.push(await f(n)); } catch (e) { out.push(e instanceof FinH ? [e.n] : "no"); } } return out; }',
    },
  },
  { files: FILES, inputs: 6 },
);

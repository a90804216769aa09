import { suite } from "./suite.ts";

suite("tasks in sequence", {
  "a task": "async (raw) => await load(raw)",
  "a task's promise is returned": "async (raw) => load(raw)",
  nothing: "async () => {}",
  "the input as it is": "async (raw) => raw",
  "lists of one in lists":
    "async (raw) => { await send([[raw.a]], [[]], [[[raw.s]]]); return { x: [[raw.list]], y: [[1]] }; }",
  "two tasks":
    "async (raw) => { const a = await load(raw.a); const b = await send(a, raw.b); return { a, b }; }",
  "a result nobody reads": "async (raw) => { await send(raw.a); return raw.b; }",
  "a task without a result": "async (raw) => { const n = await notify(raw.s); return [n, n === null]; }",
  "a pending throw before an await": "async (raw) => { const t = raw.a.b; await notify(); return t; }",
  "an await as an argument": "async (raw) => await send(await load(raw.a), raw.o.x, await load(raw.b))",
  "an await in an object": "async (raw) => ({ a: await load(raw.a), b: raw.o.x.y, c: await load(raw.c) })",
  "an await in a template": "async (raw) => `${raw.s} and ${await load(raw.t)} and ${raw.a}`",
  "members of awaits in order": "async (raw) => await send((await load(raw.o)).x.y, await load(raw.b))",
  "a method call with an await inside": "async (raw) => raw.list.concat(await load(raw.words))",
  "a method of null before an await":
    "async (raw) => raw.o.list.concat(await load(raw.a), raw.b.c, await load(raw.c))",
  "a spread before an await": "async (raw) => [...raw.list, await load(raw.a)]",
  "a spread argument before an await": "async (raw) => await send(...raw.list, await load(raw.a))",
  "a spread argument": "async (raw) => await send(...raw.list)",
  "a destructured result":
    "async (raw) => { const { x, list = [9] } = await load(raw.o); return send(x, list); }",
  "a destructured parameter": "async ({ a, o: { x }, ...rest }) => { await send(a, x); return rest; }",
  "a parameter's default": "async (raw = { a: 1 }) => await send(raw.a)",
  "a destructured parameter with defaults":
    "async ({ a = 3, o: { x = { y: 1 } } = {} } = {}) => await send(a, x)",
  "arrays destructured":
    "async (raw) => { const [first, , third = 7, ...rest] = raw.list; return send(first, third, rest); }",
  "member of an awaited result": "async (raw) => (await load(raw.o)).x.y",
  "method of an awaited result": "async (raw) => (await load(raw.list)).join('-')",
  "destructuring an awaited null": "async (raw) => { const { y } = await load(raw.none); return y; }",
  "spreading an awaited value": "async (raw) => [...(await load(raw.list)), 1]",
});

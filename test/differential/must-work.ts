/** A construct that people write in a flow body, and programs that use it. `refused`: it is meant to be refused. */
export interface Row {
  construct: string;
  programs: Record<string, string>;
  refused?: true;
}

/** What a compiler for flows must take; each program is compiled and compared with plain Node. */
export const MUST_WORK: Row[] = [
  {
    construct: "`if` / `else`, with JavaScript's truthiness",
    programs: {
      "if (x)": "async (raw) => { if (raw.a) { await load(1); } else { await load(2); } return 'end'; }",
      "else if":
        "async (raw) => { if (raw.a === 1) return 1; else if (raw.s) return send(raw.s); return 3; }",
      '"0" and "false" are true':
        "async () => { let s = ''; if ('0') s += 'a'; if ('false') s += 'b'; if ('') s += 'c'; return send(s); }",
    },
  },
  {
    construct: "`? :`",
    programs: {
      "of values": "async (raw) => (raw.flag ? raw.a : raw.s)",
      "with an await in an arm": "async (raw) => { const x = raw.flag ? await load(1) : 2; return x; }",
    },
  },
  {
    construct: "`switch`, fall-through, shared cases, `default` anywhere",
    programs: {
      "fall through":
        "async (raw) => { let n = 0; switch (raw.a) { case 1: n += 1; case 2: n += 2; break; default: n += 10; } return send(n); }",
      "shared cases":
        "async (raw) => { switch (raw.s) { case 'a': case 'text': return load(1); default: return load(2); } }",
    },
  },
  {
    construct: "`for … of`, one turn after the other",
    programs: {
      "with await": "async (raw) => { for (const x of raw.list) { await load(x); } return 1; }",
      destructured: "async (raw) => { for (const { id } of raw.rows) { await load(id); } return 1; }",
      "over entries":
        "async (raw) => { for (const [i, x] of raw.list.entries()) { await load([i, x]); } return 1; }",
    },
  },
  {
    construct: "`for … of` that gathers into an outer variable",
    programs: {
      spread:
        "async (raw) => { let out = []; for (const x of raw.list) { out = [...out, await load(x)]; } return out; }",
      push: "async (raw) => { const out = []; for (const x of raw.list) { out.push(await load(x)); } return out; }",
      sum: "async (raw) => { let sum = 0; for (const x of raw.list) { sum += await price(x); } return sum; }",
    },
  },
  {
    construct: "`for … in`",
    programs: { keys: "async (raw) => { for (const key in raw.o) { await load(key); } return 1; }" },
  },
  {
    construct: "`for (;;)` with an index",
    programs: {
      counting: "async (raw) => { for (let i = 0; i < 3; i++) { await load(i); } return 1; }",
      "over a list":
        "async (raw) => { for (let i = 0; i < raw.list.length; i++) { await load(raw.list[i]); } return 1; }",
      "in try":
        "async (raw) => { try { for (let i = 0; i < 2; i++) { await pick(raw.fail); } } catch (e) { return e.message; } return 1; }",
    },
  },
  {
    construct: "`while`, `do … while`",
    programs: {
      while: "async (raw) => { let n = 0; while (n < 3) { n++; await load(n); } return n; }",
      "do while": "async (raw) => { let n = 0; do { n++; await load(n); } while (n < 3); return n; }",
      "await in the test": "async (raw) => { let n = 0; while ((await load(n)) < 2) { n++; } return n; }",
    },
  },
  {
    construct: "`break`, `continue`, `return` in a loop",
    programs: {
      all: "async (raw) => { for (const x of [1, 2, 3, 4]) { if (x === 1) continue; if (x === 3) break; if (x === raw.a) return 'early'; await load(x); } return 'end'; }",
    },
  },
  {
    construct: "labels",
    programs: {
      break:
        "async (raw) => { outer: for (const x of [1, 2]) { for (const y of [1, 2]) { if (y === 2) break outer; await load([x, y]); } } return 1; }",
      continue:
        "async (raw) => { outer: for (const x of [1, 2]) { for (const y of [1, 2]) { if (y === 2) continue outer; await load([x, y]); } } return 1; }",
    },
  },
  {
    construct: "`await` anywhere an expression may stand",
    programs: {
      "operands and arguments": "async (raw) => send((await load(1)) + (await load(2)), [await load(3)])",
      "a condition": "async (raw) => { if (await load(raw.flag)) { await load(1); } return 1; }",
      "a template": "async (raw) => `${await load(1)}-${await load(raw.a)}`",
      "behind &&": "async (raw) => raw.flag && (await load(1))",
      "behind ??": "async (raw) => raw.none ?? (await load(1))",
    },
  },
  {
    construct: "`.then()`, `.catch()`, `.finally()` of what is called",
    programs: {
      catch: "async (raw) => { const r = await pick(raw.fail).catch((e) => e.message); return r; }",
      "then, then catch": "async (raw) => await load(raw.o).then((o) => o.x.y).catch((e) => e.name)",
      finally: "async (raw) => await pick(raw.fail).finally(() => notify('end'))",
    },
  },
  {
    construct: "`try` / `catch`, nested, `e.name`, `e.message`",
    programs: {
      caught:
        "async (raw) => { try { return await pick(raw.fail); } catch (e) { return [e.name, e.message]; } }",
      nested:
        "async (raw) => { try { try { await pick('fail'); } catch (e) { throw new Error(e.message + '!'); } } catch (e) { return e.message; } }",
    },
  },
  {
    construct: "`finally`",
    programs: {
      "after an error":
        "async (raw) => { try { await pick(raw.fail); } finally { await load('always'); } return 1; }",
      "with a return": "async (raw) => { try { return await load(1); } finally { await load(2); } }",
      "that returns itself": "async (raw) => { try { await pick('fail'); } finally { return send(1); } }",
    },
  },
  {
    construct: "`throw` of what is made at run time, and again",
    programs: {
      dynamic: "async (raw) => { if (raw.a) throw new RangeError(`no ${raw.s}`); return 1; }",
      again: "async (raw) => { try { await pick('fail'); } catch (e) { await load(1); throw e; } }",
      "with a cause":
        "async (raw) => { try { await pick('fail'); } catch (e) { throw new Error('outer', { cause: e }); } }",
    },
  },
  {
    construct: "`Promise.all`, `Promise.allSettled`",
    programs: {
      calls: "async (raw) => Promise.all([load(1), send(raw.a)])",
      map: "async (raw) => Promise.all(raw.list.map(async (x) => load(x)))",
      settled:
        "async (raw) => { const all = await Promise.allSettled([1, 'fail'].map(async (x) => pick(x))); return all.map((one) => one.status); }",
    },
  },
  {
    construct: "`map`, `filter`, `flatMap`: none, one, nested",
    programs: {
      "of one": "async (raw) => send([5].map((x) => [x]), [{ ok: 1 }].filter((x) => x.ok), [].map((x) => x))",
      "of what comes": "async (raw) => send(raw.list.map((x) => x * 2), raw.rows.flatMap((row) => row))",
    },
  },
  {
    construct: "`reduce`, `find`, `some`, `every`",
    programs: {
      all: "async (raw) => send([3, 1, 2].reduce((sum, x) => sum + x, 0), [1, 2].find((x) => x > 1), raw.list.some((x) => x === 1), [].every((x) => x))",
    },
  },
  {
    construct: "`sort`, `includes`, `slice`, `join`, `split`, `indexOf`",
    programs: {
      "new values":
        "async (raw) => send([10, 9, 1].toSorted(), [3, 1].toSorted((a, b) => a - b), [1, 2].includes(2), raw.s.slice(1), [1, [2]].join('-'), 'a,b'.split(','), raw.s.indexOf('t'))",
      "sort in place": "async (raw) => { const xs = [3, 1, 2]; xs.sort(); return send(xs); }",
    },
  },
  {
    construct: "spread of arrays and objects",
    programs: {
      array: "async (raw) => [...raw.list, [1], ...[]]",
      object: "async (raw) => ({ ...raw.o, extra: 1, ...null })",
      arguments: "async (raw) => send(...raw.list)",
    },
  },
  {
    construct: "destructuring: defaults, rest, holes, nested",
    programs: {
      object:
        "async (raw) => { const { a = 5, o: { x: inner } = {}, ...rest } = raw; return send(a, inner, rest); }",
      array:
        "async (raw) => { const [first, , third = 9, ...others] = raw.list; return send(first, third, others); }",
      assigned: "async (raw) => { let a = 1; let b = 2; [a, b] = [b, a]; return send(a, b); }",
    },
  },
  {
    construct: "template strings, every quote",
    programs: {
      quotes: 'async (raw) => `it\'s "${raw.s}" \\` {% ${raw.a} %}`',
      tagged: "async (raw) => String.raw`a\\n${raw.s}`",
    },
  },
  {
    construct: "closures over outer variables in a map's callback",
    programs: {
      outer:
        "async (raw) => { const k = raw.a; return Promise.all(raw.list.map(async (x) => load([x, k, raw.s]))); }",
      callback: "async (raw) => { const least = 1; return send(raw.list.filter((x) => x > least)); }",
    },
  },
  {
    construct: "helper functions: local, of the module",
    programs: {
      local: "async (raw) => { const twice = (x) => x * 2; return send(twice(raw.a)); }",
      declared: "async (raw) => { function twice(x) { return x * 2; } return send(twice(raw.a)); }",
      async:
        "async (raw) => { const both = async (x) => { await load(x); return send(x); }; return both(raw.a); }",
    },
  },
  {
    construct: "`?.` and `??`",
    programs: {
      reading: "async (raw) => send(raw.o?.x?.y, raw.none?.a.b, raw.none ?? 'default', raw.a ?? 1)",
      calling: "async (raw) => send(raw.s?.toUpperCase(), raw.none?.toUpperCase())",
    },
  },
  {
    construct: "`||` and `&&` as values",
    programs: { both: "async (raw) => send(raw.s || 'empty', raw.none || 0, raw.a && raw.s, [] && 1)" },
  },
  {
    construct: "arithmetic, comparison, bits",
    programs: {
      numbers:
        "async (raw) => send(raw.a + 1, 7 - raw.a, raw.a * 3, raw.a / 4, raw.a % 3, 2 ** 10, -raw.a, 0.1 + 0.2)",
      bits: "async (raw) => send(5 & 3, 5 | 3, 1 << 4, -9 >> 1, -9 >>> 28, ~5)",
      comparison:
        "async (raw) => send(raw.a > 1, 'b' < 'a', raw.a === '5', raw.s !== 'x', null == undefined)",
    },
  },
  {
    construct: "`n++`, all assignment operators",
    programs: {
      statements:
        "async (raw) => { let n = 1; n++; n += 2; n *= 3; n -= 1; n **= 2; n %= 50; n ||= 4; n ??= 5; await load(n); return n; }",
      "in an expression":
        "async (raw) => { let n = 1; const m = n++ + 2; let k; const j = (k = 5); return send(n, m, k, j); }",
    },
  },
  {
    construct: "assignment to members and indexes, `delete`, `push`",
    programs: {
      member:
        "async (raw) => { const o = { a: 1 }; o.a = raw.a; o.b = { c: 2 }; o.b.c += 1; await load(o); return o; }",
      index: "async (raw) => { const xs = [1, 2]; xs[0] = raw.a; xs[2] = 3; return send(xs); }",
      delete: "async (raw) => { const o = { a: 1, b: 2 }; delete o.a; return send(o); }",
      push: "async (raw) => { const xs = [1]; xs.push([raw.a]); await load(1); xs.push(2); return xs; }",
    },
  },
  {
    construct: "`in`, `typeof`, `void`, comma",
    programs: {
      all: "async (raw) => send('a' in raw, 'zz' in raw, typeof raw.s, typeof raw.none, (1, raw.a))",
    },
  },
  {
    construct: "`Math`, methods of strings and numbers",
    programs: {
      math: "async (raw) => send(Math.round(2.5), Math.round(-2.5), Math.floor(-1.5), Math.max(1, raw.a), Math.min(...[3, 1]), Math.abs(-2), Math.trunc(1.9))",
      strings:
        "async (raw) => send(' a  b '.trim(), '😀'.length, raw.s.toUpperCase(), raw.s.padStart(8, '.'), raw.s.replace('t', 'T'), 'a-b'.replaceAll('-', '+'), raw.s.at(-1))",
      numbers:
        "async (raw) => send((1.005).toFixed(2), (255).toString(16), Number('12'), Number('x') || 0, parseInt('08', 10), String(1e21))",
    },
  },
  {
    construct: "regular expressions",
    programs: {
      match:
        "async (raw) => send(/t(e)/.exec(raw.s)?.[1], raw.s.replace(/[aeiou]/g, '*'), /^\\d+$/.test('12'))",
    },
  },
  {
    construct: "`Date`: parse and print",
    programs: {
      iso: "async (raw) => send(new Date('2026-01-02T03:04:05Z').getTime(), new Date(0).toISOString())",
    },
  },
  {
    construct: "`JSON.parse`, `JSON.stringify`",
    programs: {
      both: "async (raw) => send(JSON.parse('{\"a\":[1]}'), JSON.stringify({ x: raw.a, u: undefined }), JSON.stringify(raw.s))",
    },
  },
  {
    construct: "dynamic and computed keys",
    programs: {
      read: "async (raw) => { const k = 'a'; return send(raw[k], raw['s'], raw.list[1], raw.list[-1] === undefined); }",
      made: "async (raw) => send({ [raw.s]: 1, ['a' + 'b']: 2 })",
    },
  },
  {
    construct: "the input, anywhere after the first state",
    programs: { third: "async (raw) => { await load(1); await load(2); return send(raw.a, raw.o); }" },
  },
  {
    construct: "generators, `Promise.race`, classes: refused",
    refused: true,
    programs: {
      generator: "async (raw) => { const g = function* () { yield 1; }; return [...g()]; }",
      race: "async (raw) => Promise.race([load(1), load(2)])",
      class: "async (raw) => { class A {} return new A() instanceof A; }",
    },
  },
];

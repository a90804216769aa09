/** What a generated flow is made of: fan-outs, loops and calls within each other. */
type Draw = (below: number) => number;

/**
 * Flows whose only purpose is their calls: maps in loops in maps, branches, lists of calls, tries, called flows, futures,
 * promises that are gone on with, retries. Deep enough that frames matter, small enough for thousands of runs.
 */
export function keysProgram(draw: Draw): string {
  let names = 0;
  const fresh = (): string => `v${names++}`;
  const call = (scope: readonly string[]): string => {
    const args = [String(draw(9)), ...scope.slice(-2)].join(", ");
    return ["load", "price", "send", "again"][draw(4)] === "again" ? `again(${args})` : `load(${args})`;
  };
  const block = (depth: number, scope: readonly string[], futures: boolean): string => {
    const count = 1 + draw(3);
    return Array.from({ length: count }, () => statement(depth, scope, futures)).join(" ");
  };
  const statement = (depth: number, scope: readonly string[], futures: boolean): string => {
    const kind = depth <= 0 ? draw(2) : draw(14);
    const x = fresh();
    const n = 1 + draw(3);
    const inner = (more: string[] = []): string => block(depth - 1, [...scope, ...more], futures);
    switch (kind) {
      case 0:
      case 1:
        return `await ${call(scope)};`;
      case 2:
        return `await Promise.all([1, 2, 3].slice(0, ${n}).map(async (${x}) => { ${inner([x])} return 1; }));`;
      case 3:
        return `for (const ${x} of [7, 8, 9].slice(0, ${n})) { ${inner([x])} }`;
      case 4:
        return `for (let ${x} = 0; ${x} < ${n}; ${x}++) { ${inner([x])} }`;
      case 5:
        return `await Promise.all([${call(scope)}, ${call(scope)}, (async () => { ${inner()} return 2; })()]);`;
      case 6:
        return `if (input.flag) { ${inner()} } else { ${inner()} }`;
      case 7:
        return `try { ${inner()} await fail(${draw(9)}); } catch (e) { ${inner()} }`;
      case 8:
        return `await child(${draw(9)});`;
      case 9:
        return futures
          ? `const ${x} = ${call(scope)}; const ${x}b = ${call(scope)}; await ${x}; await ${x}b;`
          : `await ${call(scope)};`;
      case 10:
        return `await [7, 8, 9].slice(0, ${n}).reduce(async (${x}p, ${x}) => { const ${x}s = await ${x}p; ${inner([x])} return ${x}s + 1; }, Promise.resolve(0));`;
      case 11:
        return `const ${x} = ${call(scope)}; const ${x}q = ${x}.then(() => ${call(scope)}).catch(() => again(${draw(9)})).finally(() => ${call(scope)}); ${inner()} await ${x}q;`;
      case 12:
        return `let ${x} = ${call(scope)}; for (const ${x}i of [7, 8, 9].slice(0, ${n})) { await ${x}; ${x} = ${call([...scope, `${x}i`])}; ${inner()} } await ${x};`;
      default:
        return `await Promise.allSettled([1, 2].map(async (${x}) => { ${inner([x])} return 3; }));`;
    }
  };
  return `async (input) => { ${block(3, [], true)} return 0; }`;
}

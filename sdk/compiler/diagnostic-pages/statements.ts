import type { DiagnosticPage } from "./page.ts";

/** RLT11xx: statements. */
export const STATEMENT_PAGES = {
  RLT1101: {
    why: "`for … in` goes over inherited keys too and in an order of its own; JSON values do not keep either. A list of keys says the same and is a value.",
    wrong: "for (const key in input.prices) await save(key);",
    right: "for (const key of Object.keys(input.prices)) await save(key);",
  },
  RLT1102: {
    why: "A `finally` runs on every way out: the end, an error, a return, a break. Until each of them is compiled, it is refused rather than left out.",
    wrong: `try {
  await load(input.url);
} finally {
  await save("closed");
}`,
    right: `try {
  await load(input.url);
} catch (error) {
  await save("closed");
  throw error;
}
await save("closed");`,
  },
  RLT1103: { retired: "`switch` compiles, with fall-through." },
  RLT1104: {
    why: "What a map's callback changes outside itself would be changed by several runs at once, in an order that nobody knows; and a machine's map cannot assign outer variables.",
    wrong: `let total = 0;
await Promise.all(input.orders.map(async (order: any) => { total += await load(order); }));
return total;`,
    right: `const prices = await Promise.all(input.orders.map(async (order: any) => await load(order)));
return prices.reduce((total, price) => total + price, 0);`,
  },
  RLT1105: {
    why: "Between two steps values are JSON, of which each variable holds a copy. Two names of one object are two objects then, and a change made through one name would not be seen through the other.",
    wrong: `const order = await load(input.id);
const copy = order;
copy.paid = true;
return order;`,
    right: `const order = await load(input.id);
const paid = { ...order, paid: true };
return paid;`,
  },
  RLT1106: {
    why: "The same as for RLT1105: `push`, `sort` and their like change their receiver, which another name may stand for.",
    wrong: `const rows = await load(input.id);
const same = rows;
same.push("end");
return rows;`,
    right: `const rows = await load(input.id);
return [...rows, "end"];`,
  },
  RLT1107: {
    why: "A generator is suspended code, and code cannot be stored between two steps.",
    wrong: `import { flow } from "runlet";
export const pages = flow(async function* () {
  yield 1;
} as never);`,
    right: `import { flow } from "runlet";
export const pages = flow(async () => [1]);`,
  },
  RLT1108: {
    why: "A value of a flow is JSON, so that it survives between steps: a class, a method or a getter is none.",
    wrong: `class Price {
  amount = 1;
}
return { amount: new Price().amount };`,
    right: "return { amount: 1 };",
  },
  RLT1109: {
    why: "A jump to a label leaves several loops at once, with what each of them has pending. Until that is compiled, it is refused rather than left out.",
    wrong: `outer: for (const row of input.rows) {
  for (const cell of row) if ((await load(cell)) === "end") break outer;
}`,
    right: `let done = false;
for (const row of input.rows) {
  for (const cell of row) {
    if ((await load(cell)) === "end") done = true;
    if (done) break;
  }
  if (done) break;
}`,
  },
  RLT1110: {
    why: "A `var` is visible before its line and outside its block. `const` and `let` say the same without surprises.",
    wrong: "var total = input.a;\nreturn total;",
    right: "const total = input.a;\nreturn total;",
  },
  RLT1111: {
    why: "The statement says nothing that a machine of states could do.",
    wrong: "debugger;\nreturn input.a;",
    right: "return input.a;",
  },
} as const satisfies Record<string, DiagnosticPage>;

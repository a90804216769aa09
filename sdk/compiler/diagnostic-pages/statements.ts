import type { DiagnosticPage } from "./page.ts";

/** RLT11xx: statements. */
export const STATEMENT_PAGES = {
  RLT1101: {
    why: "The keys of an object are taken before the first turn, and one that is gone when its turn comes is left out. That is looked up in the variable, so the loop must not put another object into it.",
    wrong: `let open = { ...input.prices };
for (const key in open) {
  await save(key);
  open = { last: key };
  delete open.last;
}`,
    right: "for (const key in input.prices) await save(key);",
  },
  RLT1102: { retired: "`finally` compiles." },
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
    why: "What a module holds belongs to every run in a process: one run would see what another one left there.",
    wrong: `import { flow } from "runlet";
const LIMITS = [10, 100];
export const tell = flow(async () => {
  LIMITS.push(1000);
  return LIMITS;
});`,
    right: `import { flow } from "runlet";
const LIMITS = [10, 100];
export const tell = flow(async () => [...LIMITS, 1000]);`,
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
  RLT1109: { retired: "Labels compile." },
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
  RLT1112: {
    why: "JavaScript throws a TypeError where the assignment is reached, which is never what was meant.",
    wrong: "const total = 0;\nfor (const one of input.items) total += one.price;\nreturn total;",
    right: "let total = 0;\nfor (const one of input.items) total += one.price;\nreturn total;",
  },
} as const satisfies Record<string, DiagnosticPage>;

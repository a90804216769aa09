// Bugs seeded into the compiler: an exact piece of its text, what stands in its place, and the tests that must notice.

const operators = "sdk/compiler/fast/operators.ts";
const fast = "sdk/compiler/fast/fast.ts";
const differential = (name) => `test/differential/${name}.test.ts`;

export const MUTANTS = [
  {
    name: "i++ is dropped",
    file: "sdk/compiler/fast/changes.ts",
    from: 'code: operator === "++" ? "-1" : "1",',
    to: 'code: "0",',
    tests: [differential("loops")],
  },
  {
    name: "the turn of a loop is not counted",
    file: "sdk/compiler/emit/assign.ts",
    from: "code: plus(before.code, 1)",
    to: "code: plus(before.code, 0)",
    tests: [differential("loops")],
  },
  {
    name: "operands are swapped",
    file: "sdk/compiler/fast/numbers.ts",
    from: "const code = `(${l.code} ${operator} ${r.code})`;",
    to: "const code = `(${r.code} ${operator} ${l.code})`;",
    tests: [differential("matrix-values")],
    only: "^returned",
  },
  {
    name: "+ joins before it is known to be text",
    file: "sdk/compiler/fast/operators.ts",
    from: 'if (left.type === "string" || right.type === "string") return printed([left, right], context);',
    to: 'if (left.type !== "number") return printed([{ ...left, type: "string" }, { ...right, type: "string" }], context);',
    tests: [differential("matrix-values")],
    only: "^returned",
  },
  {
    name: "a guard is missing: members of what is no object",
    file: "sdk/compiler/fast/members.ts",
    from: "const guard = isSure ? o.guard : both(o.guard, asked);",
    to: "const guard = asked ? o.guard : both(o.guard);",
    tests: [differential("matrix-values")],
    only: "^returned",
  },
  {
    name: "a missing value passes as present",
    file: "sdk/compiler/fast/fast.ts",
    from: "return withGuard({ ...fast, present: true }, both(fast.guard, existence(fast)));",
    to: "return { ...fast, present: true };",
    tests: [differential("sequence"), differential("results")],
  },
  {
    name: "an empty array is false",
    file: fast,
    from: 'return `($type(${fast.code}) in ["array","object"] or ${fast.code})`;',
    to: "return `$boolean(${fast.code})`;",
    tests: [differential("branches")],
  },
  {
    name: "a list of one in a list is flattened",
    file: "sdk/compiler/emit/template.ts",
    from: "template.push(leaf.template);",
    to: "template.push(...(Array.isArray(leaf.template) && leaf.template.length === 1 ? leaf.template : [leaf.template]));",
    tests: [differential("sequence")],
  },
  {
    name: "or is taken for ??",
    file: "sdk/compiler/fast/operators.ts",
    from: 'const condition = operator === "??" ?',
    to: 'const condition = operator !== "&&" ?',
    tests: [differential("matrix-values")],
    only: "^returned",
  },
  {
    name: "! is dropped",
    file: operators,
    from: "return value && negated(value);",
    to: "return value;",
    tests: [differential("matrix-branches")],
    only: "^as a test",
  },
  {
    name: "arms are swapped",
    file: "sdk/compiler/emit/branch.ts",
    from: "rule(`${plan.guard} and $not(${condition})`, otherwise)",
    to: "rule(`${plan.guard} and $not(${condition})`, consequent)",
    tests: [differential("branches")],
  },
  {
    name: "an assignment is lost (a stale variable)",
    file: "sdk/compiler/emit/branch.ts",
    from: "return Object.keys(more).length === 0 ? state : { ...state, Assign: { ...state.Assign, ...more } };",
    to: "return Object.keys(more).length < 2 ? state : { ...state, Assign: { ...state.Assign, ...more } };",
    tests: [differential("loops")],
  },
  {
    name: "an inline step's assignments are lost",
    file: "sdk/compiler/emit/tasks.ts",
    from: "if (assigns.length > 0) {\n    made.Assign",
    to: "if (assigns.length > 1) {\n    made.Assign",
    tests: [differential("loops")],
  },
  {
    name: "undefined is forgotten in a variable",
    file: "sdk/compiler/emit/assign.ts",
    from: '? { [KEPT_KEY]: ["undefined"] }',
    to: "? null",
    tests: [differential("loops"), differential("try")],
  },
  {
    name: "a catch is dropped",
    file: "sdk/compiler/emit/tasks.ts",
    from: "if (target.handler) return [...refusing(target, turn, assign), handling(target.handler, assign)];",
    to: "if (target.handler) return refusing(target, turn, assign);",
    tests: [differential("try")],
  },
  {
    name: "a message is lost",
    file: "sdk/compiler/emit/throw.ts",
    from: "JSON.stringify({ errorType: error.name, errorMessage: error.message, trace: [] })",
    to: 'JSON.stringify({ errorType: error.name, errorMessage: "", trace: [] })',
    tests: [differential("errors"), differential("try")],
  },
  {
    name: "a failure in a handler comes back to the handler",
    file: "sdk/compiler/emit/try.ts",
    from: "const handler = emitBlock(emission, target, node.handler, exit);",
    to: "const handler = emitBlock(emission, { ...target, handler: { next: node.handler[0]?.id ?? node.id, error: node.error } }, node.handler, exit);",
    tests: [differential("try")],
  },
  {
    name: "frames are wrong: the turns of loops are left out",
    file: "sdk/compiler/emit/loop.ts",
    from: "indexes: [...target.indexes, node.turn]",
    to: "indexes: [...target.indexes]",
    tests: ["test/compiler/loops.test.ts"],
  },
  {
    name: "break goes on with the loop",
    file: "sdk/compiler/emit/loop.ts",
    from: "inner.jumps.set(node, { break: after, continue: end });",
    to: "inner.jumps.set(node, { break: end, continue: end });",
    tests: [differential("loops")],
  },
  {
    name: "a case does not fall through",
    file: "sdk/compiler/emit/switch.ts",
    from: "exit = emitBlock(emission, target, body, ends(body) ? undefined : exit);",
    to: "exit = emitBlock(emission, target, body, ends(body) ? undefined : next);",
    tests: [differential("switch")],
  },
  {
    name: "cases are compared in the wrong order",
    file: "sdk/compiler/emit/switch.ts",
    from: "...[...rules, rest].map(",
    to: "...[...rules.toReversed(), rest].map(",
    tests: [differential("switch")],
  },
  {
    name: "for of runs its turns at the same time",
    file: "sdk/compiler/lower/block.ts",
    from: "ForOfStatement: lowerForOf,",
    to: `ForOfStatement: (lowering, place, { left, right, body }) => {
    const at = { start: right.start, end: right.end };
    const params = left.type === "VariableDeclaration" ? left.declarations.map(({ id }) => id) : [];
    const each = { type: "ArrowFunctionExpression", async: true, params, body, ...at };
    const property = { type: "Identifier", name: "map", ...at };
    const callee = { type: "MemberExpression", computed: false, optional: false, object: right, property, ...at };
    const map = { type: "CallExpression", optional: false, callee, arguments: [each], ...at };
    const object = { type: "Identifier", name: "Promise", ...at };
    const all = { type: "MemberExpression", computed: false, optional: false, object, property: { ...property, name: "all" }, ...at };
    lowerAwaited(lowering, place, { type: "CallExpression", optional: false, callee: all, arguments: [map], ...at } as never);
  },`,
    tests: [differential("order"), differential("loops")],
  },
  {
    name: "an operand before an await is evaluated after it",
    file: "sdk/compiler/lower/awaits.ts",
    from: "    lowering.require(place, node as Expression, form);\n",
    to: "",
    tests: [differential("sequence"), differential("order"), differential("found")],
  },
  {
    name: "-0 loses its sign",
    file: "sdk/compiler/fast/fast.ts",
    from: "const guarded = present.signed ? withGuard(present, both(present.guard, present.signed)) : present;",
    to: "const guarded = present;",
    tests: [differential("minus-zero")],
  },
];

/** Found in seconds: these run with every test run. */
export const QUICK = ["a list of one in a list is flattened"];

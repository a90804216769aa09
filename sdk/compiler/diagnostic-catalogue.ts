/**
 * Every diagnostic of the compiler: code -> what is wrong and the mend. Codes are explicit and never re-used.
 *
 * RLT10xx the file and its definitions · RLT11xx statements · RLT12xx calls of tasks and waits · RLT13xx expressions ·
 * RLT14xx gates on what is emitted
 */
export const DIAGNOSTICS = {
  RLT1001: { title: "Syntax error", mend: "Correct the syntax." },
  RLT1002: { title: "No flow in this file", mend: "Export one: export const etl = flow(async () => { … })." },
  RLT1003: {
    title: "A task or flow that is not a top-level constant",
    mend: "Define it as `export const name = …` at the top level of a module.",
  },
  RLT1004: {
    title: "Unknown or invalid option",
    mend: "Remove the option or correct its value; a typing mistake is never ignored.",
  },
  RLT1005: { title: "Two tasks or flows of one name", mend: "Rename one, or give it the option `name`." },
  RLT1006: { title: "A flow that is not async", mend: "Write flow(async (input) => { … })." },
  RLT1007: {
    title: "A flow with more than one parameter",
    mend: "Take one object: flow(async ({ a, b }) => { … }).",
  },
  RLT1008: {
    title: "A flow whose body is not written in place",
    mend: "Write the arrow function inside flow(…): the compiler reads it there.",
  },
  RLT1009: {
    title: "An import that does not exist",
    mend: "Export the name from that module, or correct the name.",
  },
  RLT1010: {
    title: "A name that no function can have",
    mend: "Use letters, digits, _ and -, at most 40 of them and no digit first; or give the option `name`.",
  },
  RLT1101: {
    title: "A loop that cannot be compiled",
    mend: "Write for (const x of …), for (const key in …), for, while or do, over something that the loop leaves as it is.",
  },
  RLT1102: { title: "finally", mend: "finally compiles now; upgrade Runlet." },
  RLT1103: { title: "switch (given no more)", mend: "Nothing: switch compiles." },
  RLT1104: {
    title: "A change of a variable that cannot be compiled",
    mend: "Declare it with let in the same function, or give back a new value from the map and put the parts together after it; to limit how many calls run at once, write t.map(xs, { concurrency: 5 }).",
  },
  RLT1105: {
    title: "A value changed in place that another name may stand for",
    mend: "Make a copy first, such as { ...order } or structuredClone(order), or use one name only.",
  },
  RLT1106: {
    title: "A method that changes what is not the flow's own",
    mend: "Make a new value from it (toSorted, [...xs, x], filter).",
  },
  RLT1107: { title: "A generator", mend: "Return an array from a task instead." },
  RLT1108: {
    title: "A class, or a function as a value",
    mend: "Call the function where it is needed, or hand it to a method such as map; move a class into a task.",
  },
  RLT1109: {
    title: "A jump out of nothing",
    mend: "Use break and continue inside a loop, or with a label around it.",
  },
  RLT1110: { title: "A variable declared with var", mend: "Use const." },
  RLT1111: { title: "A statement that a flow body cannot hold", mend: "Move it into a task." },
  RLT1112: {
    title: "A constant that is assigned to",
    mend: "Declare it with let, or give the new value a name of its own.",
  },
  RLT1201: {
    title: "A task that is not awaited",
    mend: "Write `await`; or begin it and await it later: `const p = t(x)`, `ps.push(t(x))` in a loop with Promise.all(ps) after it, Promise.all(xs.map(…)), t.map(xs, { concurrency: 5 }).",
  },
  RLT1202: {
    title: "await of something that is no task",
    mend: "Await a task, t.map(…) or Promise.all(xs.map(…)); write a reduce that awaits as a for loop; move other work into a task.",
  },
  RLT1203: {
    title: "await where it may not run",
    mend: "Give what is awaited a name in a statement before: const x = await t(…).",
  },
  RLT1204: { title: "A Promise combinator", mend: "Use Promise.all or Promise.allSettled." },
  RLT1205: {
    title: "A Promise.all whose calls cannot be seen",
    mend: "Write the calls in place: Promise.all([a(x), b(y)]), Promise.all(items.map((item) => a(item.id))), or both: Promise.all([...items.map((item) => a(item.id)), b(y)]).",
  },
  RLT1206: {
    title: "A map callback that cannot be compiled",
    mend: "Write an async arrow function in place: items.map(async (item, index) => …).",
  },
  RLT1207: {
    title: "A task or flow used as a value",
    mend: "Call it: `await t(x)`; to call it for each item write t.map(items).",
  },
  RLT1208: {
    title: "A member of a task that does not exist",
    mend: "Use `await t(x)`, `await t.map(xs, { concurrency })` or `await t.with({ retries })(x)`.",
  },
  RLT1209: {
    title: "Options of map",
    mend: 'Write { concurrency: n, batchSize: n, toleratedFailures: n } in place, with whole numbers up to 10,000, 500 and any (or "5%").',
  },
  RLT1210: {
    title: "A call of a flow that cannot be compiled",
    mend: "Write `await child(input)`, with one argument at most, or `await child.start(input)`.",
  },
  RLT1211: {
    title: "Options of with that are made in the flow",
    mend: "Write them with literals and constants of the module, or define the task at the top level: `export const patient = fetchPage.with({ … })`.",
  },
  RLT1212: {
    title: "A wait that cannot be compiled",
    mend: "Write sleep({ seconds }), sleepUntil(instant), waitForInput(schema, message, { show, timeout }), approval(message, { show, timeout }) or waitForEvent(name, { timeout }), durations in whole seconds.",
  },
  RLT1213: {
    title: "A schema that is made in the flow",
    mend: "Write it with values of the module, or give it a name there: `const Answer = z.object({ … })`.",
  },
  RLT1214: {
    title: "A future in a place where it cannot be followed",
    mend: "Await it first, or pass it on as an argument of a task: await p, t(p), t.submit(x, { waitFor: [p] }), Promise.all([p, q]).",
  },
  RLT1215: {
    title: "Items in S3 that cannot be seen in the source",
    mend: 'Write it in the call: await t.map(s3("bucket/key.csv")), or t.map(s3({ bucket, key, format: "jsonl" })), the options with literals.',
  },
  RLT1301: { title: "A clock", mend: "Use Date.now() or new Date(), or read the clock inside a task." },
  RLT1302: {
    title: "Randomness",
    mend: "Use Math.random() or crypto.randomUUID(), or draw inside a task.",
  },
  RLT1303: {
    title: "console, but no line of the run",
    mend: "Write console.log, info, warn, error or debug in the flow body or in an async function that it awaits; anything else belongs into a task.",
  },
  RLT1304: {
    title: "Something outside the flow",
    mend: "Move it into a task: environment, network, files and timers belong there.",
  },
  RLT1305: {
    title: "A call of a function that is no task",
    mend: "Make it a task; or let it do what a flow body may do: compute from what it gets, without the outside world.",
  },
  RLT1306: { title: "An expression that a flow body cannot hold", mend: "Move it into a task." },
  RLT1307: { title: "Objects compared by identity", mend: "Compare a key: a.id === b.id." },
  RLT1308: { title: "An unknown name", mend: "Define it, or correct the spelling." },
  RLT1309: { title: "A method that is not known to be pure", mend: "Move the call into a task." },
  RLT1310: {
    title: "A module value that may differ from process to process",
    mend: "Make it a const of literals and pure expressions, or read it inside a task.",
  },
  RLT1311: {
    title: "A result that depends on the machine's language or time zone",
    mend: 'Name the language, as in n.toLocaleString("en"), and for dates the time zone, { timeZone: "UTC" }; compare with <; or do it inside a task.',
  },
  RLT1312: {
    title: "An object made with new",
    mend: "Make the object inside a task; a flow body holds JSON values, and new Error(…) after throw.",
  },
  RLT1313: { title: "A key that JSON cannot tell from the prototype", mend: "Rename the key." },
  RLT1314: {
    title: "undefined among the results of a map",
    mend: 'Return a value on every path of the callback (null says "nothing").',
  },
  RLT1315: {
    title: "Code that is nested too deeply",
    mend: "Give parts of it names of their own; at most 600 levels are read.",
  },
  RLT1401: {
    title: "An expression that needs an inline step",
    mend: 'Simplify it, move it into a task, or allow inline steps (inlineSteps: "allow").',
  },
  RLT1402: {
    title: "A definition above the limit of the service",
    mend: "Split the flow; a definition has at most 1 MB.",
  },
} as const satisfies Record<string, { title: string; mend: string }>;

export type DiagnosticCode = keyof typeof DIAGNOSTICS;

// Runs the ten programs on Node and, lowered, on both JSONata engines; prints what docs/decisions/0001 records.
import { depthOf } from "./depth.mjs";
import { canonical, jsEngine, jvmEngine } from "./engines.mjs";
import { isBig, MISSING } from "./inputs.mjs";
import { referenceStore, runMachine } from "./machine.mjs";
import { chain, PROBES, RAISES } from "./probes.mjs";
import { FLOW_PROGRAMS } from "./programs-flow.mjs";
import { VALUE_PROGRAMS } from "./programs-values.mjs";

const PROGRAMS = [...VALUE_PROGRAMS, ...FLOW_PROGRAMS].sort(
  (a, b) => parseInt(a.name, 10) - parseInt(b.name, 10),
);

const cross = (value) => (value === undefined ? null : JSON.parse(JSON.stringify(value)));
const thrown = () => {
  throw Object.assign(new Error("no"), { name: "Refused" });
};

/** The tasks of one case. `send` is how a value leaves a task: as it is on Node, as a reference on the machine if it is big. */
function tasksOf(program, value, send) {
  const give = (v) => (v === "throw" ? thrown() : v === MISSING ? null : send(v));
  if (program.script === "work") {
    return { get: () => give(value.x), put: (what) => (what === "work" ? give(value.y) : null) };
  }
  if (program.script === "turns") return { put: (i) => give(value.turns[i]) };
  return { get: () => give(value), put: () => "put" };
}

async function onNode(program, value) {
  const calls = [];
  const tasks = tasksOf(program, value, (v) => cross(isBig(v) ? v.value : v));
  const traced = Object.fromEntries(
    Object.entries(tasks).map(([name, fn]) => [
      name,
      async (...args) => {
        calls.push([name, ...args.map(cross)]);
        return fn(...args.map(cross));
      },
    ]),
  );
  try {
    return { value: cross(await program.flow(traced)), calls };
  } catch (e) {
    return { error: { name: e.name, message: e.message }, calls };
  }
}

function onMachine(program, value, engine) {
  const store = referenceStore();
  const tasks = tasksOf(program, value, (v) => (isBig(v) ? store.put(v.value) : cross(v)));
  return runMachine(program.machine, { engine, tasks, inline: program.inline, store });
}

const outcome = (run) => canonical([run.error ? ["throws", run.error] : ["gives", run.value], run.calls]);

async function measure(program, engine) {
  const row = { cases: 0, same: 0, slow: 0, practice: 0, practiceSlow: 0, transitions: 0, wrong: [] };
  for (const { value, practice } of program.cases) {
    const node = await onNode(program, value);
    const machine = await onMachine(program, value, engine);
    row.cases += 1;
    if (outcome(node) === outcome(machine)) row.same += 1;
    else row.wrong.push({ value, node: outcome(node), machine: outcome(machine) });
    if (machine.slow.length) row.slow += 1;
    if (practice) {
      row.practice += 1;
      if (machine.slow.length) row.practiceSlow += 1;
      if (row.practice === 1) row.transitions = machine.transitions;
    }
  }
  return row;
}

const expressionsOf = (template) => {
  if (typeof template === "string") return template.startsWith("{%") ? [template.slice(2, -2).trim()] : [];
  return template && typeof template === "object" ? Object.values(template).flatMap(expressionsOf) : [];
};

/** The smallest bound under which the JVM port still evaluates, by its own count. */
async function jvmDepth(jvm, expr, bindings) {
  for (let depth = 1; depth <= 120; depth += 1) {
    const answer = await jvm.evaluate(expr, bindings, depth);
    if (!/^U1001|Stack overflow/i.test(answer.error ?? "")) return depth;
  }
  return Infinity;
}

const bindingsOf = ({ cases }) => {
  const first = cases[0].value;
  return {
    v_x: first.x ?? first,
    v_y: first.y,
    v_r: first.turns?.[0],
    v_i: 0,
    v_out: [],
    v_e: { Error: "E", Cause: "{}" },
    states: { input: {} },
  };
};

/** Guards that must not be droppable without a wrong answer somewhere: each is taken out of the emitted text in turn. */
const WEAKENED = [
  ["reference check", / and \$not\(\$exists\([^()]*`\$runlet\.ref`\)\)/g, ""],
  ["object check", /\$type\([^()]*\)=\\"object\\"/g, "true"],
  ["string check", /\$type\([^()]*\)=\\"string\\"/g, "true"],
  ["array check", /\$type\([^()]*\)=\\"array\\"/g, "true"],
  ["presence check", /\$exists\(\$v_x\.a\.b\.c\)|\$exists\(\$o\.id\)|\$exists\(\$v_[ry]\.v\)/g, "true"],
  ["__proto__ check", /\\"__proto__\\" in \$keys\([^()]*\)/g, "false"],
  ["printable check", /\$p > -1e15.*?= \$p \?/g, "true ?"],
  ["magnitude check", / and [^ ]+ <= 9007199254740991 and [^ ]+ >= -9007199254740991/g, ""],
  ["+ 0", / \+ 0 /g, " "],
  ["always an array", /\$append\(\[\], \$(map|filter)(.*)\[\]\)/g, "$$$1$2"],
  ["index in the sort key", /\$l\.i > \$r\.i/g, "true"],
];

async function weakened(engine, print) {
  for (const [name, pattern, replacement] of WEAKENED) {
    const noticed = [];
    let applied = 0;
    for (const program of PROGRAMS) {
      const text = JSON.stringify(program.machine);
      const weaker = text.replace(pattern, replacement);
      if (weaker === text) continue;
      applied += 1;
      const row = await measure({ ...program, machine: JSON.parse(weaker) }, engine);
      if (row.wrong.length) noticed.push(`${parseInt(program.name, 10)} (${row.wrong.length})`);
    }
    print(`without the ${name}: in ${applied} programs, wrong answers in ${noticed.join(", ") || "none"}`);
  }
}

async function probe(engines, print) {
  let failures = 0;
  for (const [rule, expr, bindings, wanted] of PROBES) {
    for (const [side, engine] of engines) {
      const want = wanted.js && wanted.jvm ? wanted[side] : wanted;
      const got = await engine.evaluate(expr, bindings);
      const fine = want === RAISES ? got.error !== undefined : canonical(got) === canonical(want);
      if (fine) continue;
      failures += 1;
      print(
        `  PROBE ${rule} on ${engine.name}: ${expr} ${JSON.stringify(bindings)} gave ${JSON.stringify(got)}, wanted ${JSON.stringify(want)}`,
      );
    }
  }
  print(`${PROBES.length} probes on ${engines.length} engine(s), ${failures} unexpected`);
  return failures;
}

/** The static depth must not be below what the port counts, for any emitted expression. */
async function compareDepths(js, jvm, print) {
  let compared = 0;
  let below = 0;
  let slack = 0;
  for (const program of PROGRAMS) {
    for (const expr of expressionsOf(program.machine.States)) {
      const counted = await jvmDepth(jvm, expr, bindingsOf(program));
      const computed = depthOf(js.ast(expr));
      compared += 1;
      slack = Math.max(slack, computed - counted);
      if (computed >= counted) continue;
      below += 1;
      print(`  DEPTH ${computed} < ${counted}: ${expr}`);
    }
  }
  const [at, over] = [await jvmDepth(jvm, chain(100), {}), await jvmDepth(jvm, chain(101), {})];
  print(
    `depth: ${compared} expressions, static below the port's count in ${below}, at most ${slack} above; chains of 100 and 101 count ${at} and ${over}`,
  );
  return below;
}

function report(program, rows, depth, print) {
  const [, first] = rows[0];
  const agreement = rows
    .map(([name, x]) => `${name}: ${x.same}/${x.cases}${x.slow === first.slow ? "" : ` (slow ${x.slow})`}`)
    .join(", ");
  const cells = [
    program.name,
    Object.keys(program.machine.States).length,
    JSON.stringify(program.machine).length,
    depth,
    first.transitions,
  ];
  cells.push(
    first.cases,
    `${first.slow} (${Math.round((100 * first.slow) / first.cases)} %)`,
    `${first.practiceSlow}/${first.practice}`,
    agreement,
  );
  print(cells.join(" | "));
  for (const [name, x] of rows) {
    for (const w of x.wrong.slice(0, 5))
      print(
        `  WRONG on ${name}: ${JSON.stringify(w.value)}\n    node    ${w.node}\n    machine ${w.machine}`,
      );
  }
}

/** Runs everything; answers how many measurements were not as the decision record says. */
export async function runE1(print = console.log) {
  const js = jsEngine();
  const jvm = jvmEngine();
  if (jvm.skipped) print(`JVM part skipped: ${jvm.skipped}`);
  const sides = [["js", js], ...(jvm.skipped ? [] : [["jvm", jvm]])];
  let failures = 0;
  print(
    "program | states | bytes | depth | transitions | cases | slow | practice slow | agreement with Node",
  );
  for (const program of PROGRAMS) {
    const depth = Math.max(...expressionsOf(program.machine.States).map((e) => depthOf(js.ast(e))));
    const rows = [];
    for (const [, engine] of sides) rows.push([engine.name, await measure(program, engine)]);
    report(program, rows, depth, print);
    failures += rows.reduce((n, [, r]) => n + r.wrong.length, 0);
  }
  failures += await probe(sides, print);
  if (!jvm.skipped) failures += await compareDepths(js, jvm, print);
  await weakened(js, print);
  for (const [, engine] of sides) engine.close();
  return failures;
}

// Just enough of a state machine to run the ten programs: Task, Choice, Pass, Succeed, Fail; Assign, Output, Catch.
// Expressions see the variables as on entry; a leaf that gives nothing or raises is States.QueryEvaluationError.

class StateError extends Error {
  constructor(name, cause) {
    super(name);
    this.record = { Error: name, Cause: cause };
  }
}
const QUERY = "States.QueryEvaluationError";

/** A result above the inline cap travels as a reference; the store stands for the bucket. */
export function referenceStore() {
  const kept = new Map();
  return {
    put(value) {
      kept.set(String(kept.size), value);
      return { "$runlet.ref": { id: String(kept.size - 1) } };
    },
    resolve(value) {
      if (Array.isArray(value)) return value.map((v) => this.resolve(v));
      if (value === null || typeof value !== "object") return value;
      if (Object.hasOwn(value, "$runlet.ref")) return this.resolve(kept.get(value["$runlet.ref"].id));
      const out = {};
      for (const [k, v] of Object.entries(value)) {
        Object.defineProperty(out, k, {
          value: this.resolve(v),
          enumerable: true,
          configurable: true,
          writable: true,
        });
      }
      return out;
    },
  };
}

async function fill(template, evaluate) {
  if (typeof template === "string" && template.startsWith("{%") && template.endsWith("%}")) {
    const answer = await evaluate(template.slice(2, -2).trim());
    if ("value" in answer) return answer.value;
    // AWS gives the *string* "Infinity" for 1/0, so an unguarded overflow is an answer here too, not an error
    if (answer.odd?.startsWith("number ")) return answer.odd.slice("number ".length);
    throw new StateError(QUERY, answer.error ?? answer.odd ?? "returned nothing (undefined)");
  }
  if (Array.isArray(template)) return Promise.all(template.map((t) => fill(t, evaluate)));
  if (template === null || typeof template !== "object") return template;
  const out = {};
  for (const [k, t] of Object.entries(template)) out[k] = await fill(t, evaluate);
  return out;
}

async function act(state, context) {
  const { evaluate, call } = context;
  if (state.Type === "Task") {
    const args = await fill(state.Arguments ?? {}, evaluate);
    return { result: await call(state.Resource, args), rule: state };
  }
  if (state.Type === "Choice") {
    for (const rule of state.Choices) {
      const taken = await fill(rule.Condition, evaluate);
      if (typeof taken !== "boolean") throw new StateError(QUERY, "Condition is not a boolean");
      if (taken) return { rule };
    }
    return { rule: { Next: state.Default, Assign: state.Assign } };
  }
  if (state.Type === "Fail") {
    throw new StateError(await fill(state.Error, evaluate), await fill(state.Cause, evaluate));
  }
  return { rule: state };
}

async function step(state, input, variables, world) {
  const bind = (more) => ({ ...variables, states: { input, ...more } });
  const see = (more) => (expr) => world.engine.evaluate(expr, bind(more));
  const finish = async (rule, more, fallback) => {
    const output = "Output" in rule ? await fill(rule.Output, see(more)) : fallback;
    const assigned = rule.Assign ? await fill(rule.Assign, see(more)) : {};
    return { next: rule.Next, output, assigned };
  };
  try {
    const { result, rule } = await act(state, { evaluate: see({}), call: world.call });
    return await finish(rule, result === undefined ? {} : { result }, result === undefined ? input : result);
  } catch (e) {
    if (!(e instanceof StateError)) throw e;
    const rule = (state.Catch ?? []).find((c) =>
      c.ErrorEquals.some((n) => n === "States.ALL" || n === e.record.Error),
    );
    if (!rule) throw e;
    return finish(rule, { errorOutput: e.record }, e.record);
  }
}

/** Runs a machine; answers {value} or {error: {name, message}}, the task calls, the transitions and the states that went slow. */
export async function runMachine(machine, { engine, tasks, inline, store }) {
  const calls = [];
  const slow = [];
  const world = {
    engine,
    async call(resource, raw) {
      const args = store.resolve(raw);
      const [kind, name] = resource.split(":");
      try {
        if (kind === "inline") {
          slow.push(name);
          return JSON.parse(JSON.stringify(inline[name](args)));
        }
        calls.push([name, ...args.args]);
        const answer = await tasks[name](...args.args);
        return answer === undefined ? null : answer;
      } catch (e) {
        throw new StateError(e.name, JSON.stringify({ errorType: e.name, errorMessage: e.message }));
      }
    },
  };
  let name = machine.StartAt;
  let input = {};
  let variables = {};
  for (let transitions = 1; ; transitions += 1) {
    if (transitions > 200) throw new Error(`${name}: the machine does not end`);
    const state = machine.States[name];
    const at = { calls, slow, transitions: transitions + 1 };
    let done;
    try {
      done = await step(state, input, variables, world);
    } catch (e) {
      if (!(e instanceof StateError)) throw e;
      return { error: readError(e.record, name), ...at };
    }
    variables = { ...variables, ...done.assigned };
    input = done.output;
    if (done.next === undefined) return { value: store.resolve(done.output), ...at };
    name = done.next;
  }
}

function readError({ Error: name, Cause: cause }, state) {
  if (name === QUERY) return { name, message: `${state}: ${cause}` };
  try {
    return { name, message: JSON.parse(cause).errorMessage };
  } catch {
    return { name, message: cause };
  }
}

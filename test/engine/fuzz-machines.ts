import fc from "fast-check";
import type { Json } from "../../sdk/model/json.ts";

/** Arbitrary machines of both languages, most of them valid, and inputs that their paths meet now and then. */

const ARN = "arn:aws:states:::lambda:invoke";

const leaf: fc.Arbitrary<Json> = fc.constantFrom<Json[]>(
  null,
  true,
  0,
  -1,
  2.5,
  "",
  "a",
  "1",
  "2026-01-01T00:00:00Z",
  "{% 1",
  "__proto__",
);
const keys = fc.constantFrom("a", "b", "c", "v", "constructor", "__proto__", "x y");

export const json: fc.Arbitrary<Json> = fc.letrec<{ node: Json }>((tie) => ({
  node: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    leaf,
    fc.array(tie("node"), { maxLength: 3 }),
    fc
      .dictionary(keys, tie("node"), { maxKeys: 3 })
      .map((value) => JSON.parse(JSON.stringify(value)) as Json),
  ),
})).node;

/** An input in which the usual paths find something. */
export const input: fc.Arbitrary<Json> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.array(json, { maxLength: 3 }), json, fc.nat(3))
      .map(([items, value, n]) => ({ a: [{ b: value }, ...items], b: value, n, s: "a" }) as Json),
  },
  { weight: 1, arbitrary: json },
);

const usual = fc.constantFrom(
  "$",
  "$",
  "$.a",
  "$.a[0]",
  "$.a[0].b",
  "$.b",
  "$.n",
  "$.s",
  "$.a[*].b",
  "$..b",
  "$$",
);

export const path = fc.oneof(
  { weight: 60, arbitrary: usual },
  {
    weight: 40,
    arbitrary: fc.constantFrom(
      "$",
      "$.a",
      "$.a",
      "$.b",
      "$.a.b",
      "$.a[0]",
      "$.a[-1].b",
      "$.a[*]",
      "$.a[*].b",
      "$..b",
      "$.a[1:]",
      "$['x y']",
      "$['a','b']",
      "$.a[?(@.b)]",
      "$.a[?(@.b > 1 || @ == 'a')]",
      "$[?(@.a in [1, 'a'])]",
      "$$",
      "$$.Execution.Input",
      "$$.Map.Item.Value",
      "$$.Map.Item.Key",
      "$$.Task.Token",
      "$x",
      "$x.a",
      "$nothing",
      "$.constructor",
      "$.__proto__",
    ),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 6 }).map((text) => `$${text}`) },
);

const intrinsic: fc.Arbitrary<string> = fc.letrec<{ call: string; argument: string }>((tie) => ({
  call: fc
    .tuple(
      fc.constantFrom(
        "Array",
        "ArrayContains",
        "ArrayGetItem",
        "ArrayLength",
        "ArrayPartition",
        "ArrayRange",
        "ArrayUnique",
        "Base64Decode",
        "Base64Encode",
        "Format",
        "Hash",
        "JsonMerge",
        "JsonToString",
        "MathAdd",
        "MathRandom",
        "StringSplit",
        "StringToJson",
        "UUID",
      ),
      fc.array(tie("argument"), { maxLength: 3 }),
    )
    .map(([name, args]) => `States.${name}(${args.join(", ")})`),
  argument: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom(
      "1",
      "-2.5",
      "true",
      "null",
      "'a'",
      "'{}-{}'",
      "'a,b'",
      "'SHA-256'",
      "'[1]'",
      "'\\\\'",
      "false",
    ),
    path,
    tie("call"),
  ),
})).call;

export const dynamic = fc.oneof({ weight: 3, arbitrary: path }, { weight: 2, arbitrary: intrinsic });

const payload: fc.Arbitrary<Json> = fc
  .tuple(
    fc.dictionary(fc.constantFrom("a.$", "b.$", "v.$"), dynamic, { maxKeys: 2 }),
    fc.dictionary(keys, json, { maxKeys: 2 }),
  )
  .map(([paths, plain]) => JSON.parse(JSON.stringify({ ...plain, ...paths })) as Json);

const expression = fc
  .constantFrom(
    "$states.input",
    "$states.input.a",
    "$states.input.a[0].b",
    "$states.context.Execution.Name",
    "$x",
    "$nothing",
    "1/0",
    "$sum($states.input.a)",
    "$map($states.input.a, function($v) { $v.b })",
    "$error('E')",
    "$parse('{')",
    "$range(1, 3, 1)",
    "{'k': $states.input}",
    "[1, [2]]",
    "$states.input.a > 1",
    "$count($states.input) = 1",
    "$hash('a')",
    "$states.result",
    "$states.context.Map.Item.Value",
    "$string($states.input)",
    "$uuid()",
    "3",
    "'t'",
  )
  .map((text) => `{% ${text} %}`);

const template: fc.Arbitrary<Json> = fc.oneof(
  { weight: 3, arbitrary: expression },
  {
    weight: 1,
    arbitrary: fc
      .dictionary(keys, expression, { maxKeys: 2 })
      .map((value) => JSON.parse(JSON.stringify(value)) as Json),
  },
  { weight: 1, arbitrary: json },
);

/** The names that a machine so deep sets: an inner one must not set an outer one's. */
const namesAt = (depth: number, suffix = "") =>
  fc.constantFrom(`x${"yz".slice(0, 2 - depth)}${suffix}`, `w${depth}${suffix}`);

const assignTo = (value: fc.Arbitrary<Json>, depth: number): fc.Arbitrary<Json> =>
  fc.dictionary(namesAt(depth), value, { maxKeys: 2 });

const errors = fc.constantFrom("States.ALL", "E", "States.Timeout", "States.TaskFailed", "States.Runtime");
const retry = fc.array(
  fc.record({
    ErrorEquals: errors.map((name) => [name]),
    MaxAttempts: fc.nat(2),
    IntervalSeconds: fc.nat(3),
  }),
  { maxLength: 1 },
);

type Fields = Record<string, unknown>;
const some = (model: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Fields> =>
  fc.record(model, { requiredKeys: [] }) as fc.Arbitrary<Fields>;

const whole = fc.oneof({ weight: 8, arbitrary: fc.constant("$") }, { weight: 1, arbitrary: fc.option(path) });
const narrowing = { InputPath: whole, OutputPath: whole };
const merging = {
  ...narrowing,
  Parameters: payload,
  ResultPath: fc.constantFrom("$.r", "$.r", "$.r.s", "$.a[0]", "$.a.b", "$", null),
};

const comparison = fc.oneof(
  fc.record({ Variable: path, IsPresent: fc.boolean() }),
  fc.record({ Variable: path, IsNull: fc.boolean() }),
  fc.record({ Variable: path, NumericGreaterThan: fc.constantFrom(0, 1) }),
  fc.record({ Variable: path, StringMatches: fc.constantFrom("*", "a*", "\\*") }),
  fc.record({ Variable: path, TimestampLessThanPath: path }),
  fc.record({ Variable: path, BooleanEqualsPath: path }),
);
const rule: fc.Arbitrary<Fields> = fc.oneof(
  comparison,
  fc.record({ Not: comparison }),
  fc.record({ And: fc.array(comparison, { minLength: 1, maxLength: 2 }) }),
) as fc.Arbitrary<Fields>;

const isPath = { JSONPath: true, JSONata: false };
type Language = keyof typeof isPath;

/** The fields of one state; where it leads is decided when its machine is put together. */
function state(language: Language, depth: number): fc.Arbitrary<Fields> {
  const inPath = isPath[language];
  const kind = (Type: string, model: Record<string, fc.Arbitrary<unknown>>, fixed: Fields = {}) =>
    some(model).map((fields) => ({ Type, ...fixed, ...fields }));
  const setting = { Assign: fc.dictionary(namesAt(depth, ".$"), dynamic, { maxKeys: 1 }) };
  const passing = { ...merging, ...setting };
  const working = { ...passing, ResultSelector: payload };
  const giving = { Assign: assignTo(template, depth), Output: template };
  const common = inPath ? working : { ...giving, Arguments: template };
  const simple = [
    kind("Pass", inPath ? { ...passing, Result: json } : giving),
    kind("Task", { ...common, Retry: retry, TimeoutSeconds: fc.constantFrom(1, 5) }, { Resource: ARN }),
    inPath
      ? fc.record({
          Type: fc.constant("Wait"),
          SecondsPath: fc.oneof({ weight: 4, arbitrary: fc.constant("$.n") }, { weight: 1, arbitrary: path }),
        })
      : fc.record({ Type: fc.constant("Wait"), Seconds: fc.oneof(fc.nat(3), expression) }),
    inPath
      ? kind("Choice", narrowing).chain((base) =>
          fc.array(rule, { minLength: 1, maxLength: 2 }).map((Choices) => ({ ...base, Choices })),
        )
      : fc
          .array(expression, { minLength: 1, maxLength: 2 })
          .map((all) => ({ Type: "Choice", Choices: all.map((Condition) => ({ Condition })) })),
    inPath
      ? kind("Fail", { ErrorPath: dynamic, Cause: fc.string() })
      : kind("Fail", { Error: expression, Cause: expression }),
    inPath ? kind("Succeed", narrowing) : kind("Succeed", { Output: template }),
  ] as fc.Arbitrary<Fields>[];
  if (depth === 0) return fc.oneof(...simple);
  const inner = fc.array(state(language, depth - 1), { minLength: 1, maxLength: 2 });
  const nested = [
    fc
      .tuple(kind("Parallel", { ...common, Retry: retry }), fc.array(inner, { minLength: 1, maxLength: 2 }))
      .map(([fields, Branches]): Fields => ({ ...fields, Branches })),
    fc
      .tuple(
        kind("Map", {
          ...(inPath
            ? {
                ...working,
                Parameters: payload,
                ItemsPath: fc.oneof(
                  { weight: 4, arbitrary: fc.constant("$.a") },
                  { weight: 1, arbitrary: path },
                ),
                MaxConcurrencyPath: fc.constantFrom("$.n", "$.s"),
              }
            : { ...giving, Items: template, ItemSelector: template }),
          Retry: retry,
          MaxConcurrency: fc.nat(2),
          ToleratedFailureCount: fc.nat(1),
          ItemBatcher: fc.record({ MaxItemsPerBatch: fc.constantFrom(1, 2) }),
        }),
        inner,
        fc.boolean(),
      )
      .map(([fields, ItemProcessor, distributed]): Fields => ({ ...fields, ItemProcessor, distributed })),
  ];
  return fc.oneof(
    { weight: 5, arbitrary: fc.oneof(...simple) },
    { weight: 2, arbitrary: fc.oneof(...nested) },
  );
}

/** Puts states into a machine: each leads to the next one, the last one ends it. */
function assemble(
  states: readonly Fields[],
  prefix: string,
): { StartAt: string; States: Record<string, Fields> } {
  const end = states.findIndex(({ Type }) => Type === "Fail" || Type === "Succeed");
  if (end >= 0 && end < states.length - 1) return assemble(states.slice(0, end + 1), prefix);
  const names = states.map((_, index) => `${prefix}${index}`);
  const placed = states.map((fields, index) =>
    place(fields, names[index + 1], names[index] ?? "", names.at(-1) ?? ""),
  );
  return {
    StartAt: names[0] ?? "",
    States: Object.fromEntries(placed.map((fields, index) => [names[index], fields])),
  };
}

function place(fields: Fields, next: string | undefined, name: string, last: string): Fields {
  const { distributed, ...rest } = fields;
  const leading = next === undefined ? { End: true } : { Next: next };
  const to = next ?? last;
  switch (fields["Type"]) {
    case "Choice":
      return {
        ...rest,
        Choices: (fields["Choices"] as Fields[]).map((one) => ({ ...one, Next: to })),
        ...(next === undefined ? {} : { Default: next }),
      };
    case "Fail":
    case "Succeed":
      return rest;
    case "Parallel":
      return {
        ...rest,
        ...leading,
        Branches: (fields["Branches"] as Fields[][]).map((states, index) =>
          assemble(states, `${name}b${index}`),
        ),
      };
    case "Map": {
      const config =
        distributed === true ? { ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" } } : {};
      const { ToleratedFailureCount, ItemBatcher, ...inline } = rest;
      const allowed =
        distributed === true
          ? {
              ...inline,
              ...(ToleratedFailureCount === undefined ? {} : { ToleratedFailureCount }),
              ...(ItemBatcher === undefined ? {} : { ItemBatcher }),
            }
          : inline;
      return {
        ...allowed,
        ...leading,
        ItemProcessor: { ...assemble(fields["ItemProcessor"] as Fields[], `${name}i`), ...config },
      };
    }
    case "Task":
      return next === undefined
        ? { ...rest, ...leading }
        : { ...rest, ...leading, Catch: [{ ErrorEquals: [errorsFor(name)], Next: next }] };
    default:
      return { ...rest, ...leading };
  }
}

const errorsFor = (name: string): string => (name.length % 2 === 0 ? "States.ALL" : "E");

/** A machine in one of the languages. Its last state is a Succeed where a Choice would have nowhere to go. */
export const anyMachine: fc.Arbitrary<Fields> = fc
  .constantFrom<Language>("JSONPath", "JSONata")
  .chain((language) =>
    fc.array(state(language, 2), { minLength: 1, maxLength: 4 }).map((states) => ({
      QueryLanguage: language,
      ...assemble([...states, { Type: "Succeed" }], "S"),
    })),
  );

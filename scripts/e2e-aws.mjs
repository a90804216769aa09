// Checks on real AWS what no recording covers (docs/verify-on-aws.md), with TestState and mocked results: no resource is
// made and no role is needed. Needs credentials with states:TestState; skips with the reason where there are none.
// The last line is `N passed, N failed`.
import { SFNClient, TestStateCommand } from "@aws-sdk/client-sfn";

const ARN = "arn:aws:lambda:us-east-1:000000000000:function:runlet-check";
const RAISE = '$error("slow path")';
const task = (fields) => ({ QueryLanguage: "JSONata", Type: "Task", Resource: ARN, End: true, ...fields });
const mock = (result) => ({ result: JSON.stringify(result), fieldValidationMode: "NONE" });
const toInline = {
  ErrorEquals: ["States.QueryEvaluationError"],
  Next: "inline",
  Output: "{% $states.input %}",
};
const never = { ErrorEquals: ["States.QueryEvaluationError", "RunletError"], MaxAttempts: 0 };
const always = { ErrorEquals: ["States.ALL"], MaxAttempts: 3, IntervalSeconds: 1 };

/** Each check: the row of the list that it decides, a state, what to send, and what must come back. */
const CHECKS = [
  {
    row: "Catch of an error raised in the own Arguments",
    state: task({ Arguments: { args: [`{% ${RAISE} %}`] }, Retry: [never, always], Catch: [toInline] }),
    input: { item: [1] },
    mock: mock(1),
    expect: { status: "CAUGHT_ERROR", nextState: "inline", output: { item: [1] } },
  },
  {
    row: "a guard that holds: arguments are exact",
    state: task({
      Arguments: { args: ["{% $states.input.a %}", "{% $states.input.b %}"] },
      Output: "{% $states.result %}",
    }),
    input: { a: [5], b: [[1]] },
    mock: mock([null, [], [[1]]]),
    expect: { status: "SUCCEEDED", output: [null, [], [[1]]] },
  },
  {
    row: "the cause of an uncaught guard",
    state: task({ Arguments: `{% ${RAISE} %}` }),
    input: {},
    mock: mock(1),
    expect: { status: "FAILED", error: "States.QueryEvaluationError", causeIncludes: "D3137" },
  },
  {
    row: "and, or and ?: are lazy",
    state: {
      QueryLanguage: "JSONata",
      Type: "Pass",
      Output: { a: `{% false and ${RAISE} %}`, o: `{% true or ${RAISE} %}`, c: `{% true ? 1 : ${RAISE} %}` },
      End: true,
    },
    input: {},
    expect: { status: "SUCCEEDED", output: { a: false, o: true, c: 1 } },
  },
  {
    row: "null items and singletons",
    state: {
      QueryLanguage: "JSONata",
      Type: "Pass",
      Output: {
        n: "{% $exists($states.input.x[0]) %}",
        s: "{% $states.input.s %}",
        l: "{% $count($states.input.x) %}",
      },
      End: true,
    },
    input: { x: [null], s: [[1]] },
    expect: { status: "SUCCEEDED", output: { n: true, s: [[1]], l: 1 } },
  },
  {
    row: "the settle marker is found at any depth, and only there",
    state: {
      QueryLanguage: "JSONata",
      Type: "Pass",
      Output: {
        f: "{% $exists($states.input.r.`$runlet.error`) %}",
        n: "{% $exists($states.input.n.`$runlet.error`) %}",
      },
      End: true,
    },
    input: { r: [{ a: 1 }, { "$runlet.error": { Error: "E" } }], n: [1, null, "a", []] },
    expect: { status: "SUCCEEDED", output: { f: true, n: false } },
  },
  {
    row: "numbers print as in JavaScript",
    state: {
      QueryLanguage: "JSONata",
      Type: "Pass",
      Output: { a: "{% $string(0.1) %}", b: "{% $string(123456789012345) %}", c: "{% 0 * -1 + 0 %}" },
      End: true,
    },
    input: {},
    expect: { status: "SUCCEEDED", output: { a: "0.1", b: "123456789012345", c: 0 } },
  },
  {
    row: "a Choice with guarded predicates and an inline Default",
    state: {
      QueryLanguage: "JSONata",
      Type: "Choice",
      Choices: [
        {
          Condition: '{% $type($states.input.n)="number" and $states.input.n > 10 %}',
          Next: "then",
          Output: {},
        },
      ],
      Default: "inline",
    },
    input: { n: "11" },
    expect: { status: "SUCCEEDED", nextState: "inline" },
  },
];

const client = new SFNClient({});
try {
  await client.config.credentials();
  await client.config.region();
} catch (error) {
  console.log(
    `skipped: no AWS credentials or region (${error.message})\n0 passed, 0 failed, ${CHECKS.length} skipped`,
  );
  process.exit(0);
}

const counts = { passed: 0, failed: 0 };
for (const check of CHECKS) {
  const { row, expect } = check;
  try {
    const answer = await client.send(
      new TestStateCommand({
        definition: JSON.stringify(check.state),
        input: JSON.stringify(check.input),
        ...(check.mock && { mock: check.mock }),
      }),
    );
    const seen = { ...answer, output: answer.output === undefined ? undefined : JSON.parse(answer.output) };
    const wrong = Object.entries(expect).filter(([key, value]) =>
      key === "causeIncludes"
        ? !String(seen.cause).includes(value)
        : JSON.stringify(seen[key]) !== JSON.stringify(value),
    );
    if (wrong.length > 0)
      throw new Error(
        `expected ${JSON.stringify(expect)}, saw ${JSON.stringify({ status: seen.status, nextState: seen.nextState, output: seen.output, error: seen.error, cause: seen.cause })}`,
      );
    counts.passed++;
    console.log(`ok      ${row}`);
  } catch (error) {
    counts.failed++;
    console.log(`FAILED  ${row}: ${error.message}`);
  }
}
console.log(`\n${counts.passed} passed, ${counts.failed} failed`);
process.exitCode = counts.failed === 0 ? 0 : 1;

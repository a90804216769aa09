import { deepStrictEqual as equal, notStrictEqual as notEqual, ok } from "node:assert";
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import { DescribeStateMachineCommand, ListExecutionsCommand } from "@aws-sdk/client-sfn";
import { listeningAddresses } from "./ministack.mjs";

/** What is checked of any build once it is deployed. */
export const deploymentChecks = [
  [
    "every resource of the template is created",
    ({ deployment, world }) => {
      for (const [id, { Type }] of Object.entries(world.template.Resources)) {
        const line = deployment.log
          .split("\n")
          .find((each) => each.includes("CREATE_COMPLETE") && each.includes(`(${id})`));
        ok(line ?? deployment.log.includes(id), `${id} (${Type}) was not created`);
      }
      ok(deployment.log.includes("✅  Runlet"));
    },
  ],
  [
    "a second deployment of the same build changes nothing",
    async ({ deployment }) => ok((await deployment.again()).includes("no changes")),
  ],
  [
    "the emulator listens on the loopback address only",
    ({ world }) =>
      equal([...new Set(listeningAddresses(Number(new URL(world.emulator.endpoint).port)))], ["0100007F"]),
  ],
  [
    "the store keeps its contract on the deployed table",
    async ({ root, world }) => {
      const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
      await promisify(execFile)(process.execPath, [vitest, "run", "test/functions/run-store.test.ts"], {
        cwd: root,
        env: { ...process.env, ...world.emulator.environment, RUNLET_TEST_TABLE: world.table },
      });
    },
  ],
];

/** What is checked of the fixture's flows, by the ways that a caller has. */
export const fixtureChecks = [
  [
    "a caller without a signature is refused",
    async ({ world }) => equal((await world.api("/flows/orders/runs", {}, { signed: false })).status, 403),
  ],
  [
    "a run goes through API, start door, machine, tasks, event and recorder",
    async ({ world }) => {
      const { status, body } = await world.api("/flows/orders/runs", { input: { items: 3 } });
      equal([status, body.status], [202, "PENDING"]);
      const record = await world.ended(body.runId);
      equal([record.status, record.flow, record.source], ["COMPLETED", "orders", "api"]);
      const { output } = await world.execution("orders", body.runId);
      const small = (await world.api("/flows/orders/runs", { input: { items: 1 } })).body.runId;
      await world.ended(small);
      equal(JSON.parse((await world.execution("orders", small)).output), {
        loaded: [],
        FunctionNames: "${taskLoad}",
      });
      equal(JSON.parse(output), {
        loaded: [0, 1, 2].map((index) => ({ item: `item-${index}`, frames: [index] })),
        note: "${taskLoad} is data, and so is ${anything}",
      });
    },
  ],
  [
    "a machine calls versions of the functions, and its definition is otherwise as compiled",
    async ({ world }) => {
      const stateMachineArn = world.outputs.ProjectMachineArnorders;
      const { definition } = await world.sfn.send(new DescribeStateMachineCommand({ stateMachineArn }));
      const { States } = JSON.parse(definition);
      ok(
        /:function:[^:]+:\d+$/.test(States.price.Arguments.FunctionName),
        States.price.Arguments.FunctionName,
      );
      equal(States.small.Output, { loaded: [], FunctionNames: "${taskLoad}" });
    },
  ],
  [
    "a failure of a task is the run's failure, with its name and message",
    async ({ world }) => {
      const { body } = await world.api("/flows/orders/runs", { input: { items: -1 } });
      const record = await world.ended(body.runId);
      equal(record.status, "FAILED");
      ok(record.error.cause.includes("items must not be negative"), JSON.stringify(record.error));
    },
  ],
  [
    "the same key starts one run; another input with it is a conflict",
    async ({ world }) => {
      const start = { input: { items: 1 }, idempotencyKey: randomUUID() };
      const answers = await Promise.all(
        Array.from({ length: 8 }, () => world.api("/flows/orders/runs", start)),
      );
      equal([...new Set(answers.map(({ status }) => status))], [202]);
      equal(new Set(answers.map(({ body }) => body.runId)).size, 1);
      equal((await world.api("/flows/orders/runs", { ...start, input: { items: 2 } })).status, 409);
      const { runId } = answers[0].body;
      const stateMachineArn = world.outputs.ProjectMachineArnorders;
      const { executions } = await world.sfn.send(
        new ListExecutionsCommand({ stateMachineArn, maxResults: 1000 }),
      );
      equal(executions.filter(({ name }) => name === runId).length, 1);
    },
  ],
  [
    "what the start door refuses has a status, a code and a mend",
    async ({ world }) => {
      const refusals = await Promise.all([
        world.api("/flows/orders/runs", { input: { items: "three" } }),
        world.api("/flows/nope/runs", {}),
        world.api("/flows/orders/runs", "{"),
      ]);
      equal(
        refusals.map(({ status, body }) => [status, body.code]),
        [
          [400, "RLT2004"],
          [404, "RLT4004"],
          [400, "RLT4005"],
        ],
      );
      ok(refusals[0].body.message.includes("items"));
      ok(refusals.every(({ body }) => body.mend.length > 10));
    },
  ],
  [
    "an input of 300 KB lives in the bucket and travels as a reference",
    async ({ world }) => {
      const input = { items: 0, note: "x".repeat(300_000) };
      const { runId } = await world.invoke(world.outputs.ProjectStartFunctionArn, { flow: "orders", input });
      const sent = JSON.parse((await world.execution("orders", runId)).input).input["$runlet.ref"];
      const { Body } = await world.s3.send(new GetObjectCommand({ Bucket: world.bucket, Key: sent.key }));
      equal(JSON.parse(await Body.transformToString()), input);
    },
  ],
  [
    "a schedule's payload starts one run per planned time",
    async ({ world }) => {
      const schedule = Object.values(world.template.Resources).find(
        ({ Type, Properties }) =>
          Type === "AWS::Scheduler::Schedule" && Properties.Target.Input.includes("runletStart"),
      );
      const payload = JSON.parse(
        schedule.Properties.Target.Input.replace("<aws.scheduler.schedule-arn>", "arn:schedule").replace(
          "<aws.scheduler.scheduled-time>",
          "2027-01-01T06:00:00Z",
        ),
      );
      const arn = world.outputs.ProjectStartFunctionArn;
      const [first, second] = [await world.invoke(arn, payload), await world.invoke(arn, payload)];
      equal([second.runId, first.replayed, second.replayed], [first.runId, false, true]);
      equal((await world.ended(first.runId)).source, "schedule");
    },
  ],
  [
    "the sweep finishes a start that stopped after its record, and ends runs of flows that are no more",
    async ({ world }) => {
      const runId = `crashed-${randomUUID()}`;
      const createdAt = Date.now() - 600_000;
      await world.document.put({
        TableName: world.table,
        Item: {
          pk: `RUN#${runId}`,
          sk: "RUN",
          runId,
          flow: "orders",
          status: "PENDING",
          source: "api",
          input: { text: '{"input":{"items":1}}' },
          createdAt,
          updatedAt: createdAt,
          position: 0,
          openPk: "OPEN#3",
          checkAt: new Date(createdAt + 120_000).toISOString(),
        },
      });
      const report = await world.invoke(await world.functionArn(/^Sweep of/), {});
      // The contract of the store has left unfinished runs of a flow "etl", which no machine stands for.
      equal([report.started, report.failed, report.crashed > 0], [1, 0, true], JSON.stringify(report));
      equal((await world.ended(runId)).status, "COMPLETED");
      equal("openPk" in (await world.record(runId)), false);
    },
  ],
  [
    "a distributed Map runs, and its items make no run records",
    async ({ world }) => {
      const { runId } = await world.invoke(world.outputs.ProjectStartFunctionArn, {
        flow: "refill",
        input: { items: ["a", "b"] },
      });
      equal((await world.ended(runId)).status, "COMPLETED");
      const { Items } = await world.document.scan({ TableName: world.table, ProjectionExpression: "flow" });
      equal(
        Items.filter(({ flow }) => flow?.includes("/")),
        [],
      );
    },
  ],
  [
    "IAM lets a task read its own secrets, and no other task",
    async ({ world }) => {
      await world.makeSecret("runlet/orders/warehouse", "s3cret");
      const start = (secretOf) => world.api("/flows/orders/runs", { input: { items: 3, secretOf } });
      const allowed = (await start("load")).body.runId;
      equal((await world.ended(allowed)).status, "COMPLETED");
      equal(JSON.parse((await world.execution("orders", allowed)).output).loaded[0].length, 6);
      const record = await world.ended((await start("price")).body.runId);
      equal(record.status, "FAILED");
      ok(/not authorized.*GetSecretValue/.test(record.error.cause), record.error.cause);
    },
  ],
  [
    "a deployment leaves the versions that older runs call as they were",
    async ({ world, deployment }) => {
      const stateMachineArn = world.outputs.ProjectMachineArnorders;
      const called = async () => {
        const { definition } = await world.sfn.send(new DescribeStateMachineCommand({ stateMachineArn }));
        return JSON.parse(definition).States.price.Arguments.FunctionName;
      };
      const before = await called();
      writeFileSync(
        join(deployment.build, "functions", "price", "index.mjs"),
        'export const handler = async () => ({ total: 500, items: ["new"] });',
      );
      ok(!(await deployment.again()).includes("no changes"));
      const after = await called();
      notEqual(after, before);
      const event = { args: [{ items: 2 }] };
      equal((await world.invoke(before, event)).items, ["item-0", "item-1"]);
      equal((await world.invoke(after, event)).items, ["new"]);
    },
  ],
];

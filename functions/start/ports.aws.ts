import type { SFNClient } from "@aws-sdk/client-sfn";
import type { DynamoDBDocument } from "@aws-sdk/lib-dynamodb";
import { systemClock } from "../../sdk/model/clock.ts";
import { createIds } from "../../sdk/model/ids.ts";
import { RunletError } from "../../sdk/model/runlet-error.ts";
import { callTimes } from "../store/earlier-calls.ts";
import type { RunStore } from "../store/run-record.ts";
import { createRunStore } from "../store/run-store.ts";
import { type AnswerStore, createWaitStore } from "../store/wait-store.ts";
import { earlierRuns } from "./earlier-run.ts";
import type { ObjectStore } from "./input.ts";
import { machineArns } from "./machine-name.ts";
import type { StartPorts } from "./start.ts";
import { type Machines, StartRefused } from "./start.ts";

// The SDK is part of the Lambda runtime and loaded on the first call, so importing this file costs nothing elsewhere.

type Environment = Record<string, string | undefined>;

/** The start door's ports on AWS. */
export async function startPortsFromEnvironment(environment: Environment): Promise<StartPorts> {
  const [runs, objects, machines, waits, document] = await Promise.all([
    runStoreFromEnvironment(environment),
    objectsFromEnvironment(environment),
    machinesFromEnvironment(environment),
    waitStoreFromEnvironment(environment),
    connect(),
  ]);
  const calls = callTimes({ table: required(environment, "RUNLET_TABLE"), document });
  return {
    clock: systemClock,
    ids: createIds(systemClock),
    runs,
    objects,
    machines,
    earlier: earlierRuns({ runs, objects, calls }),
    keepRerun: (runId, rerun) => waits.setRerun(runId, rerun),
  };
}

/** Run records in the table `RUNLET_TABLE`. */
export async function runStoreFromEnvironment(environment: Environment): Promise<RunStore> {
  return createRunStore({ table: required(environment, "RUNLET_TABLE"), document: await connect() });
}

async function connect(): Promise<DynamoDBDocument> {
  const [{ DynamoDBClient }, { DynamoDBDocument }] = await Promise.all([
    import("@aws-sdk/client-dynamodb"),
    import("@aws-sdk/lib-dynamodb"),
  ]);
  const marshallOptions = { removeUndefinedValues: true };
  return DynamoDBDocument.from(new DynamoDBClient({}), { marshallOptions });
}

/** Waits in the table `RUNLET_TABLE`. */
export async function waitStoreFromEnvironment(environment: Environment): Promise<AnswerStore> {
  const table = required(environment, "RUNLET_TABLE");
  return createWaitStore({ table, document: await connect(), now: () => systemClock.now() });
}

/** Objects in the bucket `RUNLET_BUCKET`. */
export async function objectsFromEnvironment(environment: Environment): Promise<ObjectStore> {
  const { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } = await import("@aws-sdk/client-s3");
  const client = new S3Client({});
  const Bucket = required(environment, "RUNLET_BUCKET");
  return {
    async put(Key, Body) {
      await client.send(new PutObjectCommand({ Bucket, Key, Body, ContentType: "application/json" }));
    },
    async get(Key) {
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
        return (await Body?.transformToString()) ?? "";
      } catch (error) {
        if (!(error instanceof NoSuchKey)) throw error;
        throw new RunletError("RLT3007", `The object "${Key}" is not there.`, { cause: error });
      }
    },
  };
}

/** Errors of StartExecution that no later try mends. */
const REFUSALS = new Set([
  "InvalidArn",
  "InvalidExecutionInput",
  "InvalidName",
  "StateMachineDeleting",
  "StateMachineDoesNotExist",
  "ValidationException",
]);

/** State machines by flow, as `RUNLET_MACHINES` names them. */
export async function machinesFromEnvironment(environment: Environment): Promise<Machines> {
  const { SFNClient, StartExecutionCommand } = await import("@aws-sdk/client-sfn");
  const client: SFNClient = new SFNClient({});
  const arnOf = machineArns(required(environment, "RUNLET_MACHINES"));
  return {
    async start({ flow, runId, input }) {
      const stateMachineArn = arnOf(flow);
      if (!stateMachineArn) throw new StartRefused(`No state machine is known for the flow "${flow}".`);
      try {
        await client.send(
          new StartExecutionCommand({ stateMachineArn, name: runId, input: JSON.stringify(input) }),
        );
      } catch (error) {
        const name = error instanceof Error ? error.name : "";
        if (name === "ExecutionAlreadyExists") return;
        if (REFUSALS.has(name))
          throw new StartRefused(`${name}: ${(error as Error).message}`, { cause: error });
        throw error;
      }
    },
  };
}

export function required(environment: Environment, name: string): string {
  const value = environment[name];
  if (!value) throw new Error(`The environment variable ${name} is not set; the deployment sets it.`);
  return value;
}

import { execFile } from "node:child_process";
import { createHash, createHmac } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import https from "node:https";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { DescribeExecutionCommand, SFNClient } from "@aws-sdk/client-sfn";
import { DynamoDBDocument } from "@aws-sdk/lib-dynamodb";
import { build } from "esbuild";

const run = promisify(execFile);

/**
 * A copy of a build without what the emulator gets wrong. It ignores `Output` of a Succeed state (1.5.33); a Pass that
 * ends says the same.
 */
function adaptBuild(folder, home) {
  const copy = join(home, "build");
  cpSync(folder, copy, { recursive: true });
  const { flows } = JSON.parse(readFileSync(join(copy, "manifest.json"), "utf8"));
  for (const { definition } of Object.values(flows)) {
    const file = join(copy, definition);
    const asPass = (_key, state) =>
      state?.Type === "Succeed" && state.Output !== undefined ? { ...state, Type: "Pass", End: true } : state;
    writeFileSync(file, JSON.stringify(JSON.parse(readFileSync(file, "utf8"), asPass)));
  }
  return copy;
}

/** The app of this repository as one file, as `npm run build` makes it. */
async function bundleApp(root) {
  const folder = join(root, "node_modules", ".cache", "runlet");
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, "emulator-app.mjs");
  const entryPoints = [join(root, "infra", "app.ts")];
  await build({ entryPoints, outfile, bundle: true, packages: "external", platform: "node", format: "esm" });
  return outfile;
}

/** Synthesizes the app over a build and deploys it with the CDK's own command line, bootstrap included. */
export async function deploy({ root, emulator, buildFolder, controlPlane }) {
  const app = await bundleApp(root);
  const [copy, out, outputsFile] = [
    adaptBuild(buildFolder, emulator.home),
    join(emulator.home, "cdk.out"),
    join(emulator.home, "outputs.json"),
  ];
  const env = {
    ...emulator.environment,
    RUNLET_BUILD: copy,
    RUNLET_CONTROL_PLANE: controlPlane,
    CDK_DISABLE_CLI_TELEMETRY: "true",
  };
  const cdk = async (...args) => {
    const command = [join(root, "node_modules", "aws-cdk", "bin", "cdk"), ...args, "--no-notices", "-a", out];
    const { stdout, stderr } = await run(process.execPath, command, {
      env,
      cwd: emulator.home,
      maxBuffer: 1e8,
    });
    return stdout + stderr;
  };
  const synthesize = () => run(process.execPath, [app], { env: { ...env, CDK_OUTDIR: out }, cwd: root });
  const once = async () => {
    await synthesize();
    const quiet = ["--require-approval", "never", "--progress", "events"];
    return cdk("deploy", ...quiet, "--outputs-file", outputsFile);
  };
  await synthesize();
  await cdk("bootstrap", `aws://000000000000/${emulator.region}`);
  const log = await once();
  const outputs = existsSync(outputsFile) ? JSON.parse(readFileSync(outputsFile, "utf8")).Runlet : undefined;
  const template = JSON.parse(readFileSync(join(out, "Runlet.template.json"), "utf8"));
  return { log, outputs, template, build: copy, again: once };
}

/** What the checks work with: clients, signed requests, and the deployed names. */
export function makeWorld(emulator, { outputs, template }) {
  const client = {
    endpoint: emulator.endpoint,
    region: emulator.region,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    requestHandler: { httpsAgent: new https.Agent({ ca: emulator.ca, keepAlive: true }) },
  };
  const sfn = new SFNClient(client);
  const document = DynamoDBDocument.from(new DynamoDBClient(client));
  const table = outputs.ProjectTableName;
  const record = async (runId) =>
    (await document.get({ TableName: table, Key: { pk: `RUN#${runId}`, sk: "RUN" } })).Item;
  return {
    emulator,
    template,
    outputs,
    table,
    sfn,
    document,
    record,
    s3: new S3Client(client),
    makeSecret: (Name, SecretString) =>
      new SecretsManagerClient(client).send(new CreateSecretCommand({ Name, SecretString })),
    bucket: outputs.ProjectBucketName,
    api: (path, body, options) => callApi(emulator, outputs.ProjectApiUrl, path, body, options),
    invoke: (arn, payload) => invoke(emulator, arn, payload),
    execution: (flow, runId) =>
      sfn.send(
        new DescribeExecutionCommand({
          executionArn: `${outputs[`ProjectMachineArn${flow}`].replace(":stateMachine:", ":execution:")}:${runId}`,
        }),
      ),
    /** The function with such a description. */
    async functionArn(description) {
      const { body } = await signedRequest(emulator, {
        service: "lambda",
        path: "/2015-03-31/functions/",
        method: "GET",
      });
      return JSON.parse(body).Functions.find(({ Description }) => description.test(Description)).FunctionArn;
    },
    /** The record of a run once it has ended: that the event has come through the rule and the recorder. */
    async ended(runId) {
      for (let tries = 0; tries < 120; tries++) {
        const found = await record(runId);
        if (found && ["COMPLETED", "FAILED", "CANCELLED", "CRASHED"].includes(found.status)) return found;
        await sleep(250);
      }
      throw new Error(`Run ${runId} did not end in 30 s: ${JSON.stringify(await record(runId))}`);
    },
  };
}

/** A request to the HTTP API, by the name that the deployment gave it. */
async function callApi(emulator, apiUrl, path, body, { signed = true } = {}) {
  const host = `${new URL(apiUrl).host.split(".")[0]}.execute-api.localhost:${new URL(emulator.endpoint).port}`;
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const request = {
    service: "execute-api",
    path,
    text,
    headers: { host, "content-type": "application/json" },
  };
  const { status, body: answer } = await (signed ? signedRequest : send)(emulator, request);
  return { status, body: JSON.parse(answer) };
}

/** A direct invocation; throws where the function failed. */
async function invoke(emulator, arn, payload) {
  const path = `/2015-03-31/functions/${encodeURIComponent(arn)}/invocations`;
  const { body, failed } = await signedRequest(emulator, {
    service: "lambda",
    path,
    text: JSON.stringify(payload),
  });
  if (failed) throw new Error(body);
  return JSON.parse(body || "null");
}

function signedRequest(emulator, request) {
  const headers = { host: new URL(emulator.endpoint).host, ...request.headers };
  return send(emulator, {
    ...request,
    headers: sign({ method: "POST", text: "", ...request, headers }, emulator.region),
  });
}

function send(emulator, { path, headers, method = "POST", text = "" }) {
  return new Promise((resolve, reject) => {
    const options = { method, headers, ca: emulator.ca, servername: "localhost" };
    const request = https.request(emulator.endpoint + path, options, (response) => {
      let body = "";
      response.on("data", (data) => (body += data));
      response.on("end", () =>
        resolve({
          status: response.statusCode,
          body,
          failed: Boolean(response.headers["x-amz-function-error"]),
        }),
      );
    });
    request.on("error", reject).end(text);
  });
}

/** Signature version 4, in the small: what a caller of the API does with `execute-api:Invoke`. */
function sign({ service, method, path, headers, text }, region) {
  const date = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, "");
  const all = { ...headers, "x-amz-date": date };
  const names = Object.keys(all).sort();
  const canonicalPath = path.split("/").map(encodeURIComponent).join("/");
  const canonical = [
    method,
    canonicalPath,
    "",
    ...names.map((name) => `${name}:${all[name]}`),
    "",
    names.join(";"),
    sha256(text),
  ].join("\n");
  const scope = `${date.slice(0, 8)}/${region}/${service}/aws4_request`;
  const toSign = ["AWS4-HMAC-SHA256", date, scope, sha256(canonical)].join("\n");
  const key = scope
    .split("/")
    .reduce((secret, part) => createHmac("sha256", secret).update(part).digest(), "AWS4test");
  const signature = createHmac("sha256", key).update(toSign).digest("hex");
  return {
    ...all,
    authorization: `AWS4-HMAC-SHA256 Credential=test/${scope}, SignedHeaders=${names.join(";")}, Signature=${signature}`,
  };
}

const sha256 = (text) => createHash("sha256").update(text).digest("hex");

import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import https from "node:https";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** Written by others (MIT): CloudFormation, IAM policies, Step Functions, Lambda by child processes, and the rest. */
const PACKAGE = "ministack==1.5.33";
const REGION = "us-east-1";

/** Why the emulator cannot run here. */
export class Unavailable extends Error {}

/**
 * Installs the emulator into `.venv` of the repository, if it is not there yet.
 *
 * @returns the program
 */
export function installMinistack(root) {
  const venv = join(root, ".venv");
  const program = join(venv, "bin", "ministack");
  const marker = join(venv, "lib");
  const installed = existsSync(marker) && existsSync(program) && pip(venv, ["freeze"]).includes(PACKAGE);
  if (installed) return program;
  const python = ["python3.13", "python3.12", "python3.11", "python3"].find(isPython);
  if (!python) throw new Unavailable("there is no Python 3.10 or newer with venv");
  try {
    execFileSync(python, ["-m", "venv", venv], { stdio: "pipe" });
    pip(venv, ["install", "--quiet", "--disable-pip-version-check", PACKAGE]);
  } catch (error) {
    throw new Unavailable(
      `${PACKAGE} could not be installed by pip (${String(error.stderr ?? error)
        .trim()
        .split("\n")
        .at(-1)})`,
    );
  }
  return program;
}

const pip = (venv, args) => execFileSync(join(venv, "bin", "pip"), args, { encoding: "utf8", stdio: "pipe" });

function isPython(name) {
  try {
    execFileSync(name, ["-c", "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))"], {
      stdio: "pipe",
    });
    return true;
  } catch {
    return false;
  }
}

/**
 * A certificate for the emulator. Buckets, ours and the CDK's, refuse requests without TLS, and with policies enforced
 * the emulator holds to that.
 */
function makeCertificate(folder) {
  const [key, certificate] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const subject = [
    "-subj",
    "/CN=localhost",
    "-addext",
    "subjectAltName=IP:127.0.0.1,DNS:localhost,DNS:*.execute-api.localhost",
  ];
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  try {
    execFileSync("openssl", ["req", "-x509", ...kind, ...subject, "-keyout", key, "-out", certificate], {
      stdio: "pipe",
    });
  } catch (error) {
    throw new Unavailable(`openssl made no certificate (${String(error.stderr ?? error).trim()})`);
  }
  return { key, certificate, ca: readFileSync(certificate) };
}

/**
 * Starts the emulator on a free port of 127.0.0.1, with IAM policies enforced: a role that lacks a permission fails
 * here as it would on AWS.
 */
export async function startMinistack(program, root) {
  const home = mkdtempSync(join(tmpdir(), "runlet-emulator-"));
  const temp = join(home, "tmp");
  mkdirSync(temp);
  // Functions are unpacked below the temporary folder; from there they find the SDK, as in Lambda's own runtime.
  symlinkSync(join(root, "node_modules"), join(temp, "node_modules"));
  const port = await freePort();
  const endpoint = `https://127.0.0.1:${port}`;
  const { key, certificate, ca } = makeCertificate(home);
  const environment = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
    NODE_EXTRA_CA_CERTS: certificate,
    HOME: home,
    PATH: process.env.PATH,
  };
  const child = spawn(program, [], {
    cwd: home,
    env: {
      PATH: process.env.PATH,
      HOME: home,
      TMPDIR: temp,
      BIND_HOST: "127.0.0.1",
      LOG_LEVEL: process.env.LOG_LEVEL ?? "INFO",
      GATEWAY_PORT: String(port),
      MINISTACK_REGION: REGION,
      AUTH: "true",
      USE_SSL: "1",
      MINISTACK_SSL_CERT: certificate,
      MINISTACK_SSL_KEY: key,
      LAMBDA_EXECUTOR: "local",
      DOCKER_HOST: `unix://${home}/none.sock`,
      S3_DATA_DIR: join(home, "s3"),
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
    },
    // A group of its own, so that its function processes end with it.
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (log += data));
  const stop = () => {
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch {
      // It has ended already.
    }
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    await answering(endpoint, ca, child);
  } catch (error) {
    stop();
    throw new Error(`${error.message}\n${log.slice(-2_000)}`);
  }
  return { endpoint, ca, region: REGION, environment, home, stop, log: () => log };
}

async function answering(endpoint, ca, child) {
  for (let tries = 0; tries < 120; tries++) {
    if (child.exitCode !== null) throw new Error("The emulator ended at its start.");
    if (await isHealthy(`${endpoint}/_ministack/health`, ca)) return;
    await sleep(250);
  }
  throw new Error("The emulator did not answer for 30 seconds.");
}

const isHealthy = (url, ca) =>
  new Promise((resolve) => {
    const request = https.get(url, { ca }, (response) => resolve(response.resume().statusCode === 200));
    request.on("error", () => resolve(false));
  });

/** Addresses that the emulator's processes listen on, from the kernel's table. */
export function listeningAddresses(port) {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  return ["/proc/net/tcp", "/proc/net/tcp6"]
    .filter(existsSync)
    .flatMap((file) => readFileSync(file, "utf8").split("\n").slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => state === "0A" && local?.endsWith(`:${hex}`))
    .map(([, local]) => local.split(":")[0]);
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

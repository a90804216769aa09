// The two JSONata engines behind one shape: evaluate(expr, bindings) -> {value} | {undefined: true} | {error: code} | {odd: text}.
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export const JSONATA_VERSION = "2.0.6";
export const JVM_VERSION = "0.9.10";

/** jsonata from this repository, or, where it is not installed yet, from a temporary folder. */
function loadJsonata() {
  const here = createRequire(import.meta.url);
  try {
    if (here("jsonata/package.json").version === JSONATA_VERSION) return here("jsonata");
  } catch {
    // not a dependency yet: fall through to a private copy
  }
  const folder = join(tmpdir(), `runlet-e1-jsonata-${JSONATA_VERSION}`);
  mkdirSync(folder, { recursive: true });
  const there = createRequire(join(folder, "index.js"));
  try {
    return there("jsonata");
  } catch {
    writeFileSync(join(folder, "package.json"), '{"private":true}');
    execFileSync("npm", ["install", "--silent", "--no-audit", "--no-fund", `jsonata@${JSONATA_VERSION}`], {
      cwd: folder,
    });
    return there("jsonata");
  }
}

/** What a value is on the wire; arrays lose JSONata's own marks, and what JSON cannot say is reported as odd. */
function plain(value) {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new RangeError(`number ${value}`);
    return value;
  }
  if (Array.isArray(value)) return Array.from(value, plain);
  if (typeof value === "object" && !value._jsonata_lambda && !value._jsonata_function) {
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, plain(v)]));
  }
  throw new RangeError(typeof value);
}

export function jsEngine() {
  const jsonata = loadJsonata();
  const compiled = new Map();
  return {
    name: `jsonata ${JSONATA_VERSION}`,
    async evaluate(expr, bindings) {
      try {
        if (!compiled.has(expr)) {
          const fresh = jsonata(expr);
          fresh.registerFunction("parse", (text) => JSON.parse(text)); // AWS adds $parse; jsonata does not have it
          compiled.set(expr, fresh);
        }
        const value = await compiled.get(expr).evaluate(undefined, structuredClone(bindings));
        if (value === undefined) return { undefined: true };
        try {
          return { value: plain(value) };
        } catch (e) {
          return { odd: e.message };
        }
      } catch (e) {
        return { error: e.code ?? String(e.message) };
      }
    },
    ast: (expr) => jsonata(expr).ast(),
    close() {},
  };
}

/** Starts the JVM runner, or says why it cannot. */
export function jvmEngine() {
  const folder = mkdtempSync(join(tmpdir(), "runlet-e1-jvm-"));
  try {
    execFileSync("java", ["-version"], { stdio: "ignore" });
    execFileSync("mvn", ["-v"], { stdio: "ignore" });
  } catch {
    rmSync(folder, { recursive: true });
    return { skipped: "java or mvn is not on this machine" };
  }
  const dependency = `<dependency><groupId>com.dashjoin</groupId><artifactId>jsonata</artifactId><version>${JVM_VERSION}</version></dependency>`;
  const head =
    "<modelVersion>4.0.0</modelVersion><groupId>runlet</groupId><artifactId>e1</artifactId><version>1</version>";
  writeFileSync(
    join(folder, "pom.xml"),
    `<project>${head}<dependencies>${dependency}</dependencies></project>`,
  );
  let jars;
  try {
    execFileSync("mvn", ["-q", "dependency:copy-dependencies", "-DoutputDirectory=lib"], {
      cwd: folder,
      stdio: "ignore",
    });
    jars = readdirSync(join(folder, "lib"))
      .map((f) => join(folder, "lib", f))
      .join(delimiter);
  } catch (e) {
    rmSync(folder, { recursive: true });
    return { skipped: `the JVM port could not be fetched (${e.message.split("\n")[0]})` };
  }
  const source = fileURLToPath(new URL("./JvmRunner.java", import.meta.url));
  execFileSync("javac", ["-cp", jars, "-d", join(folder, "classes"), source], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  return runnerProcess(folder, [jars, join(folder, "classes")].join(delimiter));
}

function runnerProcess(folder, classpath) {
  const child = spawn("java", ["-Xss16m", "-cp", classpath, "JvmRunner"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const waiting = [];
  // JSON.parse turns the runner's "-0.0" back into -0, so the sign survives the pipe
  createInterface({ input: child.stdout }).on("line", (line) => waiting.shift()(JSON.parse(line)));
  return {
    name: `com.dashjoin:jsonata ${JVM_VERSION}`,
    evaluate: (expr, bindings, depth) =>
      new Promise((resolve) => {
        waiting.push(resolve);
        child.stdin.write(`${wire({ expr, bindings, depth })}\n`);
      }),
    close() {
      child.stdin.end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** JSON, but -0 keeps its sign. */
export function wire(value) {
  if (value === undefined) return undefined;
  if (Object.is(value, -0)) return "-0.0";
  if (Array.isArray(value)) return `[${value.map((v) => wire(v) ?? "null").join(",")}]`;
  if (value !== null && typeof value === "object") {
    const parts = Object.entries(value).filter(([, v]) => v !== undefined);
    return `{${parts.map(([k, v]) => `${JSON.stringify(k)}:${wire(v)}`).join(",")}}`;
  }
  return JSON.stringify(value);
}

/** One text per value: own keys sorted, `__proto__` among them, and -0 apart from 0. */
export function canonical(value) {
  if (Object.is(value, -0)) return "-0";
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "null";
  const keys = Object.keys(value)
    .filter((k) => value[k] !== undefined)
    .sort();
  return `{${keys.map((k) => `${JSON.stringify(k)}:${canonical(value[k])}`).join()}}`;
}

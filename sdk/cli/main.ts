#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import pc from "picocolors";
import type { ControlRequest } from "../../functions/control/requests.ts";
import { formatDiagnostic } from "../compiler/diagnostics.ts";
import { toFailure } from "../model/failure.ts";
import { packageVersion } from "../model/package-root.ts";
import { RunletError } from "../model/runlet-error.ts";
import type { ControlOptions } from "./commands/control.ts";
import { CommandRefused, EXIT, refuseUsage } from "./exit.ts";
import { interruptedCode, interruption, watchInterruptions } from "./interrupt.ts";
import { guardStreams } from "./streams.ts";

/** Commands load what they need when they run: starting the CLI must cost nothing that the command does not use. */
function program(finish: (code: number) => void): Command {
  const cli = new Command("runlet")
    .description("Data pipelines as plain async TypeScript: on this machine, and on AWS Step Functions.")
    .version(packageVersion())
    .showHelpAfterError(false)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  cli
    .command("run <file>")
    .description("compile a file and run a flow of it on this machine")
    .option("--flow <name>", "the flow to run (default: the file's only one)")
    .option("--input <json>", "the input: JSON, or @file")
    .option("--json", "print exactly one JSON document on stdout")
    .option("--data <dir>", "keep the run there, so that `runlet resume` goes on with it after a crash")
    .option("--rerun <run>", "run an earlier run again, with its input: what it had done is not done again")
    .option("--from <step>", "of a rerun: do everything anew from this step on, such as load or load/2")
    .option("--open", "write the timeline as an HTML page and open it")
    .action(async (file, options) =>
      finish(await (await import("./commands/run.ts")).runCommand(file, options)),
    );
  cli
    .command("resume <dir>")
    .description("go on with the runs that were in flight in a data folder")
    .option("--json", "print exactly one JSON document on stdout")
    .action(async (dir, options) =>
      finish(await (await import("./commands/resume.ts")).resumeCommand(dir, options)),
    );
  cli
    .command("compile <file>")
    .description("write the state machines, bundles and manifest that `cdk deploy` reads")
    .option("--out <dir>", "the folder to write (default: build)")
    .option("--json", "print the report as JSON")
    .action(async (file, options) =>
      finish(await (await import("./commands/compile.ts")).compileCommand(file, options)),
    );
  cli
    .command("check <file>")
    .description("report every mistake of a file at once")
    .option("--json", "print the diagnostics as JSON")
    .option("--watch", "check again after each change, until Ctrl-C; with --json one line a check")
    .action(async (file, options) =>
      finish(await (await import("./commands/check.ts")).checkCommand(file, options)),
    );
  cli
    .command("graph <file>")
    .description("draw the flows of a file as Mermaid, or one as a picture")
    .option("--flow <name>", "draw only this flow")
    .option("--svg", "print one flow as an SVG picture")
    .option("--json", "print the flow graphs as JSON (docs/graph.md)")
    .action(async (file, options) =>
      finish(await (await import("./commands/graph.ts")).graphCommand(file, options)),
    );
  cli
    .command("explain <code>")
    .description("say what a code means, why, and how to mend it, with an example")
    .action(async (code) => finish((await import("./commands/explain.ts")).explainCommand(code)));
  addControls(cli, finish);
  cli
    .command("init <dir>")
    .description("start a project: a flow, its test and a CDK app")
    .action(async (dir) => finish(await (await import("./commands/init.ts")).initCommand(dir)));
  aslCommands(cli, finish);
  for (const command of cli.commands) command.exitOverride().configureOutput({ writeErr: () => undefined });
  return cli;
}

/** Commands on definitions in Amazon States Language, whoever wrote them. */
function aslCommands(cli: Command, finish: (code: number) => void): void {
  const asl = cli.command("asl").description("run, validate and test state machine definitions");
  asl
    .command("run <file>")
    .description("run a definition on mocks, in virtual time")
    .option("--input <json>", "the input: JSON, or @file")
    .option(
      "--mocks <file>",
      "what the calls of each state give; the format of Step Functions Local is taken too",
    )
    .option("--case <name>", "the test case of a Step Functions Local file")
    .option("--type <type>", "STANDARD or EXPRESS (default: STANDARD)")
    .option("--history", "print every event")
    .option("--json", "print one JSON document")
    .action(async (file, options) =>
      finish(await (await import("./commands/asl.ts")).aslRunCommand(file, options)),
    );
  asl
    .command("validate <file>")
    .description("say what Step Functions would say of a definition")
    .option("--type <type>", "STANDARD or EXPRESS (default: STANDARD)")
    .option("--warnings", "tell warnings too")
    .option("--json", "print one JSON document")
    .action(async (file, options) =>
      finish((await import("./commands/asl.ts")).aslValidateCommand(file, options)),
    );
  asl
    .command("test-state <file>")
    .description("run one visit of one state, as TestState does")
    .option("--state <name>", "the state, where the file is a whole machine")
    .option("--input <json>", "the input: JSON, or @file")
    .option("--mock <json>", '{ "result": … } or { "errorOutput": { "error", "cause" } }, or @file')
    .option("--variables <json>", "variables: JSON, or @file")
    .option("--context <json>", "the context object: JSON, or @file")
    .option("--configuration <json>", "TestState's stateConfiguration: JSON, or @file")
    .option("--role <arn>", "the role; a Task without a mock needs one")
    .option("--level <level>", "INFO, DEBUG or TRACE (default: INFO)")
    .action(async (file, options) =>
      finish(await (await import("./commands/asl.ts")).aslTestStateCommand(file, options)),
    );
  for (const command of asl.commands) command.exitOverride().configureOutput({ writeErr: () => undefined });
}

/** Commands that reach a run which is under way. */
function addControls(cli: Command, finish: (code: number) => void): void {
  const add = (usage: string, op: ControlRequest["op"], description: string): Command =>
    cli
      .command(usage)
      .description(description)
      .option("--data <dir>", "where the run is kept (default: .runlet in the project)")
      .option("--json", "print the reply as JSON")
      .action(async (...given: unknown[]) => {
        const [options] = given.slice(-2) as [ControlOptions];
        const [run, first, second] = given.slice(0, -2) as string[];
        const values =
          op === "events" ? { name: first, value: second } : first === undefined ? {} : { value: first };
        const { controlCommand } = await import("./commands/control.ts");
        finish(await controlCommand(op, run ?? "", values as { name?: string; value?: string }, options));
      });
  add("answer <run> <json>", "answers", "answer what a run waits for: an input, an approval")
    .option("--step <step>", "the wait that is meant, where there are several")
    .option("--frames <n.n>", "and its item or turn");
  add("send <run> <event> [json]", "events", "send an event to a run");
  add("waits <run>", "waits", "show what a run waits for");
  add("cancel <run>", "cancel", "cancel a run: waits end, nothing more is begun");
  add("pause <run>", "pause", "hold a run at its next task");
  add("continue <run>", "resume", "let a paused run go on");
}

async function main(argv: readonly string[]): Promise<number> {
  let code: number = EXIT.ok;
  const json = argv.includes("--json");
  try {
    await program((result) => {
      code = result;
    }).parseAsync([...argv], { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok; // --help and --version
    if (interruption.aborted) {
      reportInterruption(json);
      return interruptedCode();
    }
    report(error instanceof CommanderError ? asUsage(error) : error, json);
    return EXIT.refused;
  }
}

function asUsage(error: CommanderError): CommandRefused {
  if (error.code === "commander.help") return refuseUsage("No command was given.");
  const sentence = error.message.replace(/^error: /, "").replace(/\.$/, "");
  return refuseUsage(`${sentence.replace(/^./, (letter) => letter.toUpperCase())}.`);
}

/** Ended before there was a run that could be recorded. */
function reportInterruption(json: boolean): void {
  const error = { name: "Interrupted", message: `Ended by ${interruption.reason} before a run began.` };
  if (json)
    process.stdout.write(`${JSON.stringify({ status: "CANCELLED", error, runId: null, states: [] })}\n`);
  else process.stderr.write(`${pc.red("✗")} ${error.message}\n`);
}

/** What the file system refuses, such as a full disk, has a code and a mend too. */
function coded(thrown: unknown): unknown {
  const { syscall, message } = (thrown ?? {}) as NodeJS.ErrnoException;
  return thrown instanceof Error && syscall !== undefined
    ? new RunletError("RLT4009", `${message}.`)
    : thrown;
}

/** Any error has its sentence and its mend; a bare stack would help nobody but us. */
function report(given: unknown, json: boolean): void {
  const thrown = coded(given);
  const { name, message } =
    thrown instanceof CommandRefused || thrown instanceof RunletError ? thrown : toFailure(thrown);
  const diagnostics = thrown instanceof CommandRefused ? thrown.diagnostics : [];
  if (json) {
    const error = { name, message, ...(diagnostics.length > 0 && { diagnostics }) };
    process.stdout.write(`${JSON.stringify({ status: "FAILED", error, runId: null, states: [] })}\n`);
    return;
  }
  for (const diagnostic of diagnostics) process.stderr.write(`${formatDiagnostic(diagnostic)}\n\n`);
  process.stderr.write(`${pc.red("✗")} ${message}\n`);
  const [first] = diagnostics;
  if (first) process.stderr.write(`  More about a code: runlet explain ${first.code}\n`);
  if (process.env["RUNLET_DEBUG"] !== undefined && thrown instanceof Error)
    process.stderr.write(`${thrown.stack}\n`);
}

guardStreams();
watchInterruptions();
process.exitCode = await main(process.argv.slice(2));

import { describe, expect, it } from "vitest";
import { RunletError } from "../../sdk/model/runlet-error.ts";
import { decodeCause } from "../../sdk/runtime/decode-cause.ts";

const lambda = (errorType: string, errorMessage: string, trace: string[] = []): string =>
  JSON.stringify({ errorType, errorMessage, trace });

describe("decodeCause", () => {
  it("reads what Lambda writes", () => {
    expect(decodeCause(lambda("RangeError", "page 7"), "RangeError")).toEqual({
      name: "RangeError",
      message: "page 7",
    });
  });

  it("reads the cause from the last line of the trace only", () => {
    const line = 'runlet-cause:{"name":"A","message":"a","cause":{"name":"B","message":"b"}}';
    expect(decodeCause(lambda("E", "e", ["E: e", line])).cause).toEqual({
      name: "A",
      message: "a",
      cause: { name: "B", message: "b" },
    });
    expect(decodeCause(lambda("E", "e", [line, "    at x"])).cause).toBeUndefined();
    expect(decodeCause(lambda("E", "e", ["runlet-cause:{broken"])).cause).toBeUndefined();
    expect(decodeCause(lambda("E", "e", ['runlet-cause:{"name":1}'])).cause).toBeUndefined();
  });

  it("takes any other text as the message", () => {
    expect(decodeCause("no items", "MyError")).toEqual({ name: "MyError", message: "no items" });
    expect(decodeCause("{not json", "MyError")).toEqual({ name: "MyError", message: "{not json" });
    expect(decodeCause("[1]")).toEqual({ name: "Error", message: "[1]" });
    expect(decodeCause(null, null)).toEqual({ name: "Error", message: "" });
    expect(decodeCause('{"errorMessage":"m"}', "E")).toEqual({ name: "E", message: "m" });
  });

  it("names time-outs and ends of processes by Runlet's codes", () => {
    const timedOut = lambda("Sandbox.Timedout", "RequestId: 1-2 Error: Task timed out after 3.00 seconds");
    expect(decodeCause(timedOut).name).toBe(new RunletError("RLT3004", "").name);
    expect(decodeCause(timedOut).message).toMatch(/^RLT3004: .*: Task timed out after 3\.00 seconds\. Mend/);
    expect(decodeCause("", "States.Timeout").message).toMatch(/^RLT3004: /);
    const old =
      'The cause could not be determined because Lambda did not return an error type. Returned payload: {"errorMessage":"1 Task timed out after 3.00 seconds"}';
    expect(decodeCause(old, "Lambda.Unknown").message).toMatch(/^RLT3004: /);
    const exit = lambda("Runtime.ExitError", "RequestId: 7 Error: Runtime exited with error: exit status 1");
    expect(decodeCause(exit).message).toMatch(
      /^RLT3003: .*: Runtime exited with error: exit status 1\. Mend/,
    );
    expect(decodeCause(exit).message).not.toContain("RequestId");
    expect(decodeCause(lambda("Runtime.UnhandledPromiseRejection", "Error: boom")).message).toMatch(
      /^RLT3003: /,
    );
  });

  it("keeps the author's words about time-outs", () => {
    expect(decodeCause(lambda("Error", "Task timed out after lunch"))).toEqual({
      name: "Error",
      message: "Task timed out after lunch",
    });
  });

  it("looks into the execution of a failed sub-flow", () => {
    const execution = JSON.stringify({
      Status: "FAILED",
      Error: "LoadError",
      Cause: lambda("LoadError", "page 3"),
    });
    expect(decodeCause(execution, "States.TaskFailed")).toEqual({ name: "LoadError", message: "page 3" });
  });
});

import { describe, expect, it } from "vitest";
import { flowOfMachine, machineArns, machineName } from "../../functions/start/machine-name.ts";

describe("the name of a state machine", () => {
  it("is the project and the flow", () => {
    expect(machineName("orders", "etl")).toBe("orders-etl");
  });

  it.each(["größe", "$etl", "x".repeat(90)])("stays a name for the flow %s", (flow) => {
    expect(machineName("orders", flow)).toMatch(/^orders-[A-Za-z0-9_-]{1,73}$/);
  });

  it("differs where flows differ", () => {
    const flows = ["größe", "grüße", "$etl", "_etl", "x".repeat(90), "x".repeat(91)];
    expect(new Set(flows.map((flow) => machineName("orders", flow))).size).toBe(flows.length);
  });
});

describe("RUNLET_MACHINES", () => {
  const listed = JSON.stringify({ etl: "arn:1" });
  const named = JSON.stringify({ $prefix: "arn:aws:states:r:1:stateMachine:", $project: "orders" });

  it("names machines one by one", () => {
    expect(machineArns(listed)("etl")).toBe("arn:1");
    expect(machineArns(listed)("toString")).toBeUndefined();
    expect(flowOfMachine(listed, "arn:1")).toBe("etl");
    expect(flowOfMachine(listed, "arn:2")).toBeUndefined();
  });

  it("names them by rule", () => {
    const arn = machineArns(named)("etl");
    expect(arn).toBe("arn:aws:states:r:1:stateMachine:orders-etl");
    expect(flowOfMachine(named, arn ?? "")).toBe("etl");
    expect(flowOfMachine(named, "arn:aws:states:r:1:stateMachine:other-etl")).toBeUndefined();
  });
});

import { LAMBDA } from "../run.ts";

/** Helpers for the tests of distributed maps. */

const passInside = { I: { Type: "Pass", End: true } };
export const taskInside = { I: { Type: "Task", Resource: LAMBDA, End: true } };

export const distributed = (fields: object = {}, states: object = passInside) => ({
  Type: "Map",
  Label: "L",
  ItemProcessor: {
    ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" },
    StartAt: "I",
    States: states,
  },
  End: true,
  ...fields,
});

/** Names under which the service refuses a TestState call; the last one is the SDK's own, before any call. */
export type TestStateErrorName =
  | "InvalidArn"
  | "InvalidDefinition"
  | "InvalidExecutionInput"
  | "ValidationException"
  | "ParamValidationError";

/** The call was refused: nothing of the state has run. */
export class TestStateError extends Error {
  override readonly name: TestStateErrorName;

  constructor(name: TestStateErrorName, message: string) {
    super(message);
    this.name = name;
  }
}

/** @throws TestStateError always */
export function refuse(name: TestStateErrorName, message: string): never {
  throw new TestStateError(name, message);
}

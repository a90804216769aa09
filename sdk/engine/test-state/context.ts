import { isPlainObject, type Json } from "../../model/json.ts";
import { refuse } from "./refusal.ts";

type Member = "string" | "number" | "json";

/** What a mocked context object may hold. */
const SECTIONS: Readonly<Record<string, Readonly<Record<string, Member>>>> = {
  Execution: {
    Id: "string",
    Input: "json",
    Name: "string",
    RoleArn: "string",
    StartTime: "string",
    RedriveCount: "number",
    RedriveTime: "string",
  },
  State: { EnteredTime: "string", Name: "string", RetryCount: "number" },
  StateMachine: { Id: "string", Name: "string" },
  Task: { Token: "string" },
};

const wrong = (problem: string): never =>
  refuse("ValidationException", `Invalid Context object provided: ${problem}`);

/**
 * The context object of a test, as it was given: whatever it leaves out is not there.
 *
 * @param takesToken whether the state is a Task that waits for a token or a job
 * @throws TestStateError ValidationException
 */
export function mockedContext(text: string, takesToken: boolean): Json {
  const context = parsed(text);
  for (const [section, value] of Object.entries(context)) {
    if (section === "Map") wrong("'Map' field is not supported when mocking a Context object");
    const members = Object.hasOwn(SECTIONS, section) ? SECTIONS[section] : undefined;
    if (!members) wrong(`Field '${section}' is not allowed`);
    else checkSection(section, value, members);
  }
  if ("Task" in context && !takesToken) {
    wrong(
      "Context object contains 'Task' when state is not a Task state with a '.sync' or '.waitForTaskToken' service " +
        "integration pattern",
    );
  }
  return context as Json;
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (isPlainObject(value)) return value;
  } catch {
    // told below
  }
  return wrong("must be a JSON object");
}

function checkSection(section: string, value: unknown, members: Readonly<Record<string, Member>>): void {
  if (!isPlainObject(value)) {
    wrong(`${section} must be an object`);
    return;
  }
  for (const [name, item] of Object.entries(value)) {
    const member = Object.hasOwn(members, name) ? members[name] : undefined;
    if (member === undefined) wrong(`Field '${name}' is not allowed`);
    else if (member !== "json" && typeof item !== member) wrong(`${section}.${name} must be a ${member}`);
  }
}

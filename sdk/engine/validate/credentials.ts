import { payload } from "./paths.ts";
import { type Check, isObject } from "./problems.ts";
import { checkFields, textTemplate } from "./values.ts";

const NO_ROLE = "The field 'RoleArn' is required but was missing";

/** `Credentials` of a Task: the role under which the call is made. */
export const credentials: Check = (value, location, problems) => {
  if (!isObject(value)) problems.invalid(location, "Expected value of type [Object]");
  else if (!("RoleArn" in value)) problems.invalid(location, NO_ROLE);
  else checkFields(value, { RoleArn: textTemplate }, location, problems);
};

/** The same in the JSONPath form: `RoleArn`, or `RoleArn.$` with a path or an intrinsic function. */
export const pathCredentials: Check = (value, location, problems) => {
  if (!isObject(value)) problems.invalid(location, "Expected value of type [Object]");
  else if (!("RoleArn" in value || "RoleArn.$" in value)) {
    problems.invalid(location, NO_ROLE);
  } else {
    checkFields(
      value,
      { RoleArn: textTemplate, "RoleArn.$": () => undefined },
      location,
      problems,
      "JSONPath",
    );
    payload(value, location, problems);
  }
};

import { INTRINSICS } from "../intrinsics/index.ts";
import { type Call, IntrinsicSyntaxError, parseIntrinsic } from "../intrinsics/parse.ts";
import { type Path, PathSyntaxError, PathUnsupported, parsePath } from "../jsonpath/parse.ts";
import { isReference } from "../jsonpath/reference.ts";
import { type Check, isObject, type Problems } from "./problems.ts";
import { checkNames } from "./values.ts";

/** Checks of fields of the JSONPath form. */

const INVALID_PATH = "Value must be a valid JSONPath.";

/** A path into the input, the context object or a variable. */
export const path: Check = (value, location, problems) =>
  void parsed(value, location, problems, INVALID_PATH, isPath);

/** A path to one number in the input or a variable; the context object has none to give. */
export const numberPath: Check = (value, location, problems) => {
  const found = parsed(value, location, problems, INVALID_PATH, isPath);
  if (found && (found.root.kind === "context" || !isReference(found))) {
    problems.invalid(location, "Value is not a Reference Path");
  }
};

/** A path to one place in the input, the context object or a variable. */
export const referencePath: Check = (value, location, problems) => {
  const found = parsed(value, location, problems, INVALID_PATH, isPath);
  if (found && !isReference(found)) problems.invalid(location, "Value is not a Reference Path");
};

/** The same as `path`, or null. */
export const pathOrNull: Check = (value, location, problems) => {
  if (value !== null) path(value, location, problems);
};

/** `ResultPath`: a single place in the input, or null. */
export const resultPath: Check = (value, location, problems) => {
  if (value === null) return;
  const found = parsed(value, location, problems, INVALID_PATH, isPath);
  if (found && (found.root.kind !== "input" || !isReference(found))) {
    problems.invalid(location, "Value is not a Reference Path");
  }
};

/** A path or an intrinsic function. */
export const pathOrIntrinsic: Check = (value, location, problems) => {
  if (typeof value === "string" && value.startsWith("States.")) {
    checkIntrinsic(
      value,
      location,
      problems,
      "Value must be a valid JSONPath or a valid intrinsic function call",
    );
  } else path(value, location, problems);
};

/** A payload template: an object whose keys that end in `.$` take paths and intrinsic functions. */
export const payload: Check = (value, location, problems) => {
  if (!isObject(value)) problems.invalid(location, "The field must be an object.");
  else checkPayload(value, location, problems);
};

/** `Assign`: variable name, with or without `.$` -> value. */
export const pathAssign: Check = (value, location, problems) => {
  if (!isObject(value)) {
    problems.invalid(location, "The field must be an object.");
    return;
  }
  checkNames(
    Object.keys(value).map((key) => (key.endsWith(".$") ? key.slice(0, -2) : key)),
    location,
    problems,
  );
  checkPayload(value, location, problems);
};

function checkPayload(value: unknown, location: string, problems: Problems): void {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) checkPayload(item, `${location}[${index}]`, problems);
  } else if (isObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      // The service names the object that holds the key.
      if (key.endsWith(".$")) checkDynamic(key, item, location, problems);
      else checkPayload(item, `${location}/${key}`, problems);
    }
  }
}

function checkDynamic(key: string, value: unknown, location: string, problems: Problems): void {
  const message = `The value for the field '${key}' must be a valid JSONPath or a valid intrinsic function call`;
  if (typeof value === "string" && value.startsWith("States.")) {
    checkIntrinsic(value, location, problems, message);
  } else parsed(value, location, problems, message, isPath);
}

function checkIntrinsic(text: string, location: string, problems: Problems, message: string): void {
  const call = parsed(text, location, problems, message, parseIntrinsic);
  if (!call) return;
  for (const { name, args } of [call, ...nested(call)]) {
    if (!INTRINSICS[name]) problems.invalid(location, message);
    for (const argument of args) {
      if (argument.kind === "path" && argument.path.root.kind === "current")
        problems.invalid(location, message);
    }
  }
}

const nested = (call: Call): Call[] =>
  call.args.flatMap((argument) =>
    argument.kind === "call" ? [argument.call, ...nested(argument.call)] : [],
  );

function isPath(text: string): Path {
  const found = parsePath(text);
  if (found.root.kind === "current") throw new PathSyntaxError(text);
  return found;
}

function parsed<T>(
  value: unknown,
  location: string,
  problems: Problems,
  message: string,
  parse: (text: string) => T,
): T | undefined {
  if (typeof value !== "string") {
    problems.invalid(location, message);
    return undefined;
  }
  try {
    return parse(value);
  } catch (thrown) {
    if (thrown instanceof PathUnsupported) {
      problems.unsupported(location, `The engine does not implement ${thrown.message}.`);
    } else if (thrown instanceof PathSyntaxError || thrown instanceof IntrinsicSyntaxError) {
      problems.invalid(location, message);
    } else throw thrown;
    return undefined;
  }
}

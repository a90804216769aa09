import type { State } from "../asl/types.ts";
import type { Json } from "../model/json.ts";
import { type Assigner, Entry, type Extra, type MapItem, type Step } from "./entry.ts";
import type { StateFailure } from "./errors.ts";
import { fieldsOf } from "./fields.ts";
import { jsonText } from "./json-text.ts";
import { PathNotFound } from "./jsonpath/evaluate.ts";
import { parsePath } from "./jsonpath/parse.ts";
import { evaluateText, fillPayload, PayloadError } from "./jsonpath/payload.ts";
import { putAt, ReferenceMismatch } from "./jsonpath/reference.ts";
import { look, type View } from "./jsonpath/view.ts";
import type { Variables } from "./variables.ts";

/**
 * One visit of a state in its JSONPath form: InputPath, Parameters, (the work), ResultSelector, ResultPath, OutputPath.
 * ResultPath puts the result into the input as it came, not into what InputPath left of it.
 */
export class PathEntry<S extends State = State> extends Entry<S> {
  override effective(): Json {
    return this.#narrow(fieldsOf(this.state).InputPath, this.input);
  }

  override async arguments(): Promise<Json> {
    const { Parameters: template } = fieldsOf(this.state);
    const args = template === undefined ? this.effective() : this.payload(template, this.effective());
    this.scope.run.testing?.inspect("afterParameters", args);
    return args;
  }

  /** A payload template's value, `$` being the document. */
  payload(template: Json, document: Json, mapItem?: MapItem): Json {
    return this.#worded(() => fillPayload(template, this.#view(document, mapItem), this.#environment()));
  }

  /** The text that `ErrorPath` and `CausePath` name, by path or by intrinsic function. */
  text(source: string, field: string): Json {
    return this.#worded(() => evaluateText(source, field, this.#view(this.effective()), this.#environment()));
  }

  /**
   * The value that a path field names.
   *
   * @throws StateFailure States.Runtime where it leads nowhere
   */
  pathValue(path: string, document: Json = this.effective()): Json {
    return this.lookUp(path, document, (problem) => `Invalid path '${path}' : ${problem}`);
  }

  /** The same, with words of its own for a path that leads nowhere. */
  lookUp(path: string, document: Json, message: (problem: string) => string): Json {
    try {
      return look(path, this.#view(document));
    } catch (thrown) {
      if (!(thrown instanceof PathNotFound)) throw thrown;
      throw this.failure("States.Runtime", message(thrown.message));
    }
  }

  /** What the path names, or nothing where it leads nowhere. */
  present(path: string, document: Json): Json | undefined {
    try {
      return look(path, this.#view(document));
    } catch (thrown) {
      if (thrown instanceof PathNotFound) return undefined;
      throw thrown;
    }
  }

  override async finish(
    holder: Assigner,
    next: string | undefined,
    _fallback: Json,
    { extra = {} }: { extra?: Extra } = {},
  ): Promise<Step> {
    if (extra.errorOutput !== undefined) return this.#caught(holder, next, extra.errorOutput);
    const { Type: type } = this.state;
    if (type === "Choice" || type === "Wait" || type === "Succeed") {
      const effective = this.effective();
      const assigned = this.#assign(holder, effective);
      return { output: this.#out(effective), assigned, next };
    }
    const result = type === "Pass" ? await this.#passed() : (extra.result ?? null);
    const assigned = this.#assign(holder, result);
    const { ResultSelector: selector } = fieldsOf(this.state);
    const selected = selector === undefined ? result : this.payload(selector, result);
    const { testing } = this.scope.run;
    testing?.inspect("afterResultSelector", selected);
    const merged = this.#merge(this.state, selected);
    testing?.inspect("afterResultPath", merged);
    return { output: this.#out(merged), assigned, next };
  }

  async #passed(): Promise<Json> {
    const { Result: result } = fieldsOf(this.state);
    return result === undefined ? this.arguments() : result;
  }

  /** A Catch puts the error into the state's input; OutputPath has no part in that. */
  #caught(catcher: Assigner, next: string | undefined, errorOutput: Json): Step {
    const assigned = this.#assign(catcher, errorOutput);
    const output = this.#merge(catcher, errorOutput);
    this.checkSize(output);
    return { output, assigned, next };
  }

  #assign(holder: Assigner, document: Json): Variables | undefined {
    const { Assign: template } = fieldsOf(holder);
    if (template === undefined) return undefined;
    const assigned = this.payload(template, document) as Record<string, Json>;
    this.checkVariables(assigned);
    return assigned;
  }

  #merge(holder: object, value: Json): Json {
    const { ResultPath: path = "$" } = fieldsOf(holder);
    if (path === null) return this.input;
    try {
      return putAt(parsePath(path), this.input, value);
    } catch (thrown) {
      if (!(thrown instanceof ReferenceMismatch)) throw thrown;
      throw this.failure(
        "States.ResultPathMatchFailure",
        `Unable to apply ReferencePath ${path} to input ${jsonText(this.input)}`,
      );
    }
  }

  #out(value: Json): Json {
    const output = this.#narrow(fieldsOf(this.state).OutputPath, value);
    this.checkSize(output);
    return output;
  }

  #narrow(path: string | null | undefined, document: Json): Json {
    if (path === null) return {};
    return path === undefined ? document : this.pathValue(path, document);
  }

  #view(document: Json, mapItem?: MapItem): View {
    return { document, context: () => this.context(mapItem), variables: this.scope.variables };
  }

  #environment() {
    const { random, ids } = this.scope.run;
    return { random, uuid: () => ids.uuid() };
  }

  #worded<T>(evaluate: () => T): T {
    try {
      return evaluate();
    } catch (thrown) {
      throw thrown instanceof PayloadError ? this.failure(thrown.error, thrown.message) : thrown;
    }
  }
}

/** A number field that has a path twin in JSONPath, such as TimeoutSeconds. */
export function numberAt(
  entry: PathEntry,
  field: string,
  path: string,
  accept: (value: number) => boolean,
): number {
  const value = entry.pathValue(path);
  const number = typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : value;
  if (typeof number === "number" && Number.isInteger(number) && accept(number)) return number;
  throw invalidNumber(entry, field, path, value, "integer");
}

export function invalidNumber(
  entry: Entry,
  field: string,
  path: string,
  value: Json,
  type: "integer" | "float",
): StateFailure {
  const shown = typeof value === "string" ? value : jsonText(value);
  return entry.failure(
    "States.Runtime",
    `The ${field} field refers to value "${shown}" which is not a valid ${type}: ${path}`,
  );
}

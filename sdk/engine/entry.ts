import { isExpression } from "../asl/expression.ts";
import { ALL_VARIABLES_BYTES, PAYLOAD_BYTES, VARIABLE_BYTES } from "../asl/limits.ts";
import type { State, Template } from "../asl/types.ts";
import type { Json } from "../model/json.ts";
import { dataLimitFailure, ExpressionError, jsonType, StateFailure, whileExecuting } from "./errors.ts";
import { jsonBytes } from "./json-text.ts";
import { evaluate } from "./jsonata.ts";
import type { Scope } from "./scope.ts";
import { compiledField, fill, fillLater, type Resolve } from "./template.ts";
import { bytesWith, recordBytes, type Variables } from "./variables.ts";

/** What a field may see besides `$states.input` and `$states.context`. */
export interface Extra {
  result?: Json;
  errorOutput?: Json;
}

/** The item that an ItemSelector is evaluated for. */
export interface MapItem {
  Index: number;
  Value: Json;
  /** There when an object is iterated. */
  Key?: string;
  /** Where the items of a distributed Map come from: `STATE_DATA` or an `S3://` address. */
  Source?: string;
}

/** Anything with `Assign` and `Output`: a state, a Choice rule, a catcher. */
export interface Assigner {
  Assign?: Record<string, Template>;
  Output?: Template;
}

/** How a state ends: the output, the variables it sets, and where it leads (`undefined`: to the machine's end). */
export interface Step {
  output: Json;
  assigned: Variables | undefined;
  next: string | undefined;
  /** The event that StateExited names as its previous one, where that is not the last of the chain. */
  exitPrevious?: number;
}

/** One visit of a state: what its expressions see, all of it as it was on entry. */
export class Entry<S extends State = State> {
  readonly scope: Scope;
  readonly name: string;
  readonly state: S;
  readonly input: Json;
  /** The id of the StateEntered event, and the one that it names as its previous one. */
  readonly enteredId: number;
  readonly enteredPrevious: number;
  /** Retries so far in this visit. */
  retryCount = 0;
  taskToken: string | undefined;
  /** What `Credentials` of a Task gave in the attempt under way. */
  roleArn: string | undefined;
  readonly #enteredAt: number;

  constructor(
    scope: Scope,
    name: string,
    state: S,
    input: Json,
    entered: { id: number; previousEventId: number; timestamp: number },
  ) {
    this.scope = scope;
    this.name = name;
    this.state = state;
    this.input = input;
    this.enteredId = entered.id;
    this.enteredPrevious = entered.previousEventId;
    this.#enteredAt = entered.timestamp;
  }

  /**
   * The context object, `$states.context`.
   *
   * @param mapItem for an ItemSelector only: AWS shows `Map.Item` there and nowhere inside the iteration
   */
  context(mapItem?: MapItem): Json {
    const { run } = this.scope;
    if (run.testing?.context !== undefined) return run.testing.context;
    const counts = this.state.Type === "Task" || this.state.Type === "Map" || this.state.Type === "Parallel";
    return {
      Execution: {
        Id: run.arn,
        Input: run.input,
        Name: run.name,
        RoleArn: run.testing ? run.testing.roleArn : run.roleArn,
        StartTime: run.startTime,
        ...(run.redriveCount === undefined ? {} : { RedriveCount: run.redriveCount }),
        ...(run.redriveTime === undefined ? {} : { RedriveTime: run.redriveTime }),
      },
      StateMachine: { Id: run.stateMachine.arn, Name: run.stateMachine.name },
      State: {
        Name: this.name,
        EnteredTime: new Date(this.#enteredAt).toISOString(),
        ...(counts ? { RetryCount: this.retryCount } : {}),
      },
      ...(mapItem ? { Map: { Item: { ...mapItem } } } : {}),
      ...(this.taskToken === undefined ? {} : { Task: { Token: this.taskToken } }),
    };
  }

  /** What the state works on: its input, or the part of it that InputPath names. */
  effective(): Json {
    return this.input;
  }

  /** What a Task or Parallel hands on: `Arguments` or `Parameters`, else its input. */
  async arguments(): Promise<Json> {
    const args = "Arguments" in this.state ? await this.value("Arguments") : this.input;
    this.scope.run.testing?.inspect("afterArguments", args);
    return args;
  }

  /** The value of a field, its expressions evaluated. */
  async value(
    field: string,
    options: { holder?: object; location?: string; extra?: Extra; mapItem?: MapItem } = {},
  ): Promise<Json> {
    const compiled = compiledField(options.holder ?? this.state, field, options.location ?? field);
    if (compiled.kind === "constant") return compiled.value;
    try {
      const resolver = this.#resolver(options.extra ?? {}, options.mapItem);
      return await (this.scope.run.later ? fillLater : fill)(compiled, resolver);
    } catch (thrown) {
      throw this.#worded(thrown);
    }
  }

  /**
   * The value of a field that must be of one type.
   *
   * @param accept the test, and the type's name in AWS's cause
   */
  async typed<T extends Json>(
    field: string,
    expected: string,
    accept: (value: Json) => value is T,
    options: { holder?: object; location?: string; extra?: Extra } = {},
  ): Promise<T> {
    const value = await this.value(field, options);
    if (accept(value)) return value;
    const template = (options.holder ?? this.state) as unknown as Record<string, unknown>;
    const written = template[field];
    const text = isExpression(written) ? written.slice(2, -2).trim() : jsonType(written);
    throw this.#worded(ExpressionError.unexpectedType(text, options.location ?? field, expected, value));
  }

  /** A States.QueryEvaluationError of this state, recorded as AWS records it. */
  evaluationFailure(message: string, location?: string, previous?: number): StateFailure {
    return this.#worded(new ExpressionError(message, location), previous) as StateFailure;
  }

  /** A failure whose cause names this state and the event of its entry. */
  failure(error: string, message: string): StateFailure {
    return new StateFailure({ error, cause: `${whileExecuting(this.name, this.enteredId)} ${message}` });
  }

  /**
   * What `Assign` and `Output` of a state, rule or catcher give. Both see everything as it was on entry.
   *
   * @param fallback the output where there is no `Output`
   */
  async finish(
    holder: Assigner,
    next: string | undefined,
    fallback: Json,
    options: { extra?: Extra; at?: string } = {},
  ): Promise<Step> {
    const at = options.at ?? "";
    const extra = options.extra ?? {};
    let assigned: Variables | undefined;
    if (holder.Assign !== undefined) {
      assigned = (await this.value("Assign", { holder, location: `${at}Assign`, extra })) as Record<
        string,
        Json
      >;
      this.checkVariables(assigned);
    }
    let output = fallback;
    if (holder.Output !== undefined)
      output = await this.value("Output", { holder, location: `${at}Output`, extra });
    this.checkSize(output);
    return { output, assigned, next };
  }

  /** @throws StateFailure States.DataLimitExceeded */
  protected checkSize(output: Json): void {
    if (output !== this.input && jsonBytes(output) > PAYLOAD_BYTES) throw dataLimitFailure(this.name);
  }

  /** @throws StateFailure States.DataLimitExceeded */
  protected checkVariables(assigned: Variables): void {
    if (recordBytes(assigned) > VARIABLE_BYTES) throw dataLimitFailure(this.name);
    if (bytesWith(this.scope.variables, assigned) > ALL_VARIABLES_BYTES) throw dataLimitFailure(this.name);
  }

  #resolver(extra: Extra, mapItem: MapItem | undefined): Resolve {
    const { run, variables } = this.scope;
    let context: Json | undefined;
    const states: Record<string, Json> = {
      input: this.input,
      // Made when an expression asks for it, which most do not.
      get context() {
        context ??= contextOf();
        return context;
      },
    };
    const contextOf = (): Json => this.context(mapItem);
    if (extra.result !== undefined) states["result"] = extra.result;
    if (extra.errorOutput !== undefined) states["errorOutput"] = extra.errorOutput;
    return (text, location) => {
      const context = { now: run.clock.now(), random: run.random, uuid: () => run.ids.uuid() };
      return evaluate(text, location, { variables, states, context }, run.later);
    };
  }

  #worded(thrown: unknown, before?: number): unknown {
    if (!(thrown instanceof ExpressionError)) return thrown;
    const error = "States.QueryEvaluationError";
    const cause = `${whileExecuting(this.name, this.enteredId)} ${thrown.message}`;
    const location = thrown.location === undefined ? {} : { location: thrown.location };
    const details = { state: this.name, ...location, error, cause };
    // Recorded: right after the entry the event before StateEntered is named, not StateEntered itself.
    const atEntry = this.scope.last === this.enteredId ? this.enteredPrevious : this.scope.last;
    const previous = before ?? atEntry;
    this.scope.record("EvaluationFailed", { evaluationFailedEventDetails: details }, previous);
    return new StateFailure({ error, cause });
  }
}

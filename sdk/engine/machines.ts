import { MACHINE_ALIASES, MACHINE_VERSIONS } from "../asl/limits.ts";
import type { StateMachine } from "../asl/types.ts";
import { checkRouting, type Route } from "./routing.ts";
import { acceptDefinition } from "./validate.ts";

type MachineType = "STANDARD" | "EXPRESS";

/** What the service answers with when it refuses, by name. */
export class StateMachineError extends Error {
  override readonly name: string;

  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

interface Machine {
  name: string;
  type: MachineType;
  definition: StateMachine;
  /** By number, from 1; a deleted number is not used again. */
  versions: Map<number, StateMachine>;
  lastVersion: number;
  aliases: Map<string, Route[]>;
}

/** What an ARN stands for when an execution starts. */
export interface Resolved {
  name: string;
  type: MachineType;
  definition: StateMachine;
  stateMachineVersionArn?: string;
  stateMachineAliasArn?: string;
}

/** All that is known of a machine, for who keeps it elsewhere. */
export interface MachineState {
  name: string;
  type: MachineType;
  definition: StateMachine;
  versions: [number, StateMachine][];
  lastVersion: number;
  aliases: [string, Route[]][];
}

export interface Created {
  stateMachineArn: string;
  /** There when it was published at once. */
  stateMachineVersionArn?: string;
}

/** The state machines of one engine, with their versions and aliases. `engine.start({ stateMachineArn })` starts one. */
export class Machines {
  readonly #prefix: string;
  readonly #random: () => number;
  readonly #machines = new Map<string, Machine>();

  /** @param prefix `arn:aws:states:<region>:<account>:stateMachine:` */
  constructor(prefix: string, random: () => number) {
    this.#prefix = prefix;
    this.#random = random;
  }

  /**
   * @param request.publish whether its first version is made at once
   * @throws RunletError RLT3001 or RLT3002 for the definition; StateMachineError StateMachineAlreadyExists for another
   * one of that name
   */
  create(request: {
    name: string;
    definition: StateMachine;
    type?: MachineType;
    publish?: boolean;
  }): Created {
    const { name, type = "STANDARD", publish = false } = request;
    const definition = acceptDefinition(request.definition, type);
    const arn = `${this.#prefix}${name}`;
    const known = this.#machines.get(arn);
    if (known && (known.type !== type || !same(known.definition, definition))) {
      throw new StateMachineError("StateMachineAlreadyExists", `State Machine Already Exists: '${arn}'`);
    }
    if (!known) {
      const aliases = new Map<string, Route[]>();
      this.#machines.set(arn, { name, type, definition, versions: new Map(), lastVersion: 0, aliases });
    }
    return { stateMachineArn: arn, ...(publish ? { stateMachineVersionArn: this.publish(arn) } : {}) };
  }

  /** Gives the machine another definition; versions stay as they are. */
  update(stateMachineArn: string, definition: StateMachine, publish = false): Created {
    const machine = this.#find(stateMachineArn);
    machine.definition = acceptDefinition(definition, machine.type);
    return { stateMachineArn, ...(publish ? { stateMachineVersionArn: this.publish(stateMachineArn) } : {}) };
  }

  /**
   * Makes a version of the machine as it is now; unchanged since the last one, that one.
   *
   * @returns the version's ARN
   */
  publish(stateMachineArn: string): string {
    const machine = this.#find(stateMachineArn);
    const latest = machine.versions.get(machine.lastVersion);
    if (!latest || !same(latest, machine.definition)) {
      refuseMore("versions", machine.versions.size, MACHINE_VERSIONS);
      machine.versions.set(++machine.lastVersion, machine.definition);
    }
    return `${stateMachineArn}:${machine.lastVersion}`;
  }

  /** ARNs, the newest first. */
  versions(stateMachineArn: string): string[] {
    return [...this.#find(stateMachineArn).versions.keys()]
      .sort((a, b) => b - a)
      .map((number) => `${stateMachineArn}:${number}`);
  }

  /** @throws StateMachineError ConflictException while an alias names it */
  deleteVersion(versionArn: string): void {
    const { arn, last } = split(versionArn);
    const machine = this.#find(arn);
    const using = [...machine.aliases].filter(([, routes]) =>
      routes.some(({ stateMachineVersionArn }) => stateMachineVersionArn === versionArn),
    );
    if (using.length > 0) {
      const names = using.map(([name]) => name).join(", ");
      throw new StateMachineError(
        "ConflictException",
        `The version is referenced by these aliases: [${names}]`,
      );
    }
    machine.versions.delete(Number(last));
  }

  /**
   * @param routes one version, or two with weights that sum to 100
   * @returns the alias's ARN
   */
  createAlias(name: string, routes: readonly Route[]): string {
    const { machine, arn } = this.#checkedRoutes(routes);
    const known = machine.aliases.get(name);
    if (known && !same(known, routes)) {
      throw new StateMachineError(
        "ConflictException",
        "Failed to create alias because an alias with the same name and a different routing configuration already exists.",
      );
    }
    if (!/^(?=.*[a-zA-Z_\-.])[a-zA-Z0-9_\-.]{1,80}$/.test(name)) {
      throw new StateMachineError("ValidationException", `'${name}' is no name for an alias.`);
    }
    if (!known) refuseMore("aliases", machine.aliases.size, MACHINE_ALIASES);
    machine.aliases.set(name, [...routes]);
    return `${arn}:${name}`;
  }

  updateAlias(aliasArn: string, routes: readonly Route[]): void {
    const { machine, name } = this.#findAlias(aliasArn);
    this.#checkedRoutes(routes);
    machine.aliases.set(name, [...routes]);
  }

  deleteAlias(aliasArn: string): void {
    const { machine, name } = this.#findAlias(aliasArn);
    machine.aliases.delete(name);
  }

  aliases(stateMachineArn: string): string[] {
    return [...this.#find(stateMachineArn).aliases.keys()].map((name) => `${stateMachineArn}:${name}`);
  }

  /** The definition that the ARN of a machine, a version or an alias stands for; an alias chooses by its weights. */
  resolve(arn: string): Resolved {
    const machine = this.#machines.get(arn);
    if (machine) return { name: machine.name, type: machine.type, definition: machine.definition };
    const { arn: machineArn, last } = split(arn);
    const owner = this.#machines.get(machineArn);
    const version = owner?.versions.get(Number(last));
    if (owner && version) {
      return { name: owner.name, type: owner.type, definition: version, stateMachineVersionArn: arn };
    }
    const routes = owner?.aliases.get(last);
    if (!routes) throw notThere(arn);
    const [first, second] = routes;
    const chosen = second && this.#random() * 100 >= (first?.weight ?? 0) ? second : first;
    return { ...this.resolve(chosen?.stateMachineVersionArn ?? ""), stateMachineAliasArn: arn };
  }

  /** Nothing where there is no such machine. */
  stateOf(stateMachineArn: string): MachineState | undefined {
    const machine = this.#machines.get(stateMachineArn);
    return machine && { ...machine, versions: [...machine.versions], aliases: [...machine.aliases] };
  }

  /** Puts a machine as it was; without a state, none. */
  restore(stateMachineArn: string, state: MachineState | undefined): void {
    if (!state) this.#machines.delete(stateMachineArn);
    else {
      const { versions, aliases, ...rest } = state;
      const machine = { ...rest, versions: new Map(versions), aliases: new Map(aliases) };
      this.#machines.set(stateMachineArn, machine);
    }
  }

  #checkedRoutes(routes: readonly Route[]): { machine: Machine; arn: string } {
    const problem = checkRouting(routes);
    if (problem !== undefined) throw new StateMachineError("ValidationException", problem);
    const { arn } = split(routes[0]?.stateMachineVersionArn ?? "");
    const machine = this.#find(arn);
    for (const { stateMachineVersionArn } of routes) this.resolve(stateMachineVersionArn);
    return { machine, arn };
  }

  #find(arn: string): Machine {
    const machine = this.#machines.get(arn);
    if (!machine) throw notThere(arn);
    return machine;
  }

  #findAlias(aliasArn: string): { machine: Machine; name: string } {
    const { arn, last: name } = split(aliasArn);
    const machine = this.#machines.get(arn);
    if (!machine?.aliases.has(name)) {
      throw new StateMachineError("ResourceNotFound", `Request references a resource that does not exist.`);
    }
    return { machine, name };
  }
}

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

const notThere = (arn: string): StateMachineError =>
  new StateMachineError("StateMachineDoesNotExist", `State Machine Does Not Exist: '${arn}'`);

/** @throws StateMachineError ServiceQuotaExceededException */
function refuseMore(what: string, count: number, most: number): void {
  if (count < most) return;
  throw new StateMachineError("ServiceQuotaExceededException", `A machine has at most ${most} ${what}.`);
}

/** `<machine>:<version or alias>` in its two parts. */
function split(arn: string): { arn: string; last: string } {
  const at = arn.lastIndexOf(":");
  return { arn: arn.slice(0, at), last: arn.slice(at + 1) };
}

import type { StateMachine } from "../../asl/types.ts";
import type { Created, Machines } from "../machines.ts";
import type { Route } from "../routing.ts";
import type { Ledger } from "./ledger.ts";

/**
 * The machines of a durable engine by name, with versions and aliases, as `Machines` has them in memory. A change is
 * acknowledged when it is on disk; one that cannot be written (RLT6005) has not happened.
 */
export class DurableMachines {
  readonly #machines: Machines;
  readonly #ledger: Ledger;
  readonly #arn: (name: string) => string;
  /** Changes come one after the other: what cannot be written is undone before the next one looks. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(machines: Machines, ledger: Ledger, arn: (name: string) => string) {
    this.#machines = machines;
    this.#ledger = ledger;
    this.#arn = arn;
  }

  /** Takes up what was kept. @throws RunletError RLT6010 */
  recover(): void {
    for (const state of this.#ledger.machines()) this.#machines.restore(this.#arn(state.name), state);
  }

  /** @throws as `Machines.create`; RunletError RLT6005 */
  create(request: Parameters<Machines["create"]>[0]): Promise<Created> {
    return this.#change(this.#arn(request.name), () => this.#machines.create(request));
  }

  /** @throws as `Machines.update`; RunletError RLT6005 */
  update(stateMachineArn: string, definition: StateMachine, publish = false): Promise<Created> {
    return this.#change(stateMachineArn, () => this.#machines.update(stateMachineArn, definition, publish));
  }

  /** @returns the version's ARN @throws as `Machines.publish`; RunletError RLT6005 */
  publish(stateMachineArn: string): Promise<string> {
    return this.#change(stateMachineArn, () => this.#machines.publish(stateMachineArn));
  }

  /** @throws as `Machines.deleteVersion`; RunletError RLT6005 */
  deleteVersion(versionArn: string): Promise<void> {
    return this.#change(ownerOf(versionArn), () => this.#machines.deleteVersion(versionArn));
  }

  /** @returns the alias's ARN @throws as `Machines.createAlias`; RunletError RLT6005 */
  createAlias(name: string, routes: readonly Route[]): Promise<string> {
    const arn = ownerOf(routes[0]?.stateMachineVersionArn ?? "");
    return this.#change(arn, () => this.#machines.createAlias(name, routes));
  }

  /** @throws as `Machines.updateAlias`; RunletError RLT6005 */
  updateAlias(aliasArn: string, routes: readonly Route[]): Promise<void> {
    return this.#change(ownerOf(aliasArn), () => this.#machines.updateAlias(aliasArn, routes));
  }

  /** @throws as `Machines.deleteAlias`; RunletError RLT6005 */
  deleteAlias(aliasArn: string): Promise<void> {
    return this.#change(ownerOf(aliasArn), () => this.#machines.deleteAlias(aliasArn));
  }

  /** ARNs, the newest first. */
  versions(stateMachineArn: string): string[] {
    return this.#machines.versions(stateMachineArn);
  }

  aliases(stateMachineArn: string): string[] {
    return this.#machines.aliases(stateMachineArn);
  }

  #change<T>(stateMachineArn: string, change: () => T): Promise<T> {
    const changed = this.#last.then(async () => {
      const before = this.#machines.stateOf(stateMachineArn);
      try {
        const result = change();
        const after = this.#machines.stateOf(stateMachineArn);
        if (after) await this.#ledger.keepMachine(after);
        return result;
      } catch (error) {
        this.#machines.restore(stateMachineArn, before);
        throw error;
      }
    });
    this.#last = changed.catch(() => undefined);
    return changed;
  }
}

const ownerOf = (arn: string): string => arn.slice(0, arn.lastIndexOf(":"));

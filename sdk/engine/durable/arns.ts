/** What things are called, of one account in one region. */
export class Arns {
  readonly #service: string;

  constructor(region: string, account: string) {
    this.#service = `arn:aws:states:${region}:${account}`;
  }

  machine(name: string): string {
    return `${this.#service}:stateMachine:${name}`;
  }

  activity(name: string): string {
    return `${this.#service}:activity:${name}`;
  }

  /** @param id tells executions of an Express machine apart, whose names may be used again */
  execution(type: "STANDARD" | "EXPRESS", machine: string, name: string, id: () => string): string {
    return type === "STANDARD"
      ? `${this.#service}:execution:${machine}:${name}`
      : `${this.#service}:express:${machine}:${name}:${id()}`;
  }
}

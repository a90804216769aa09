import type { Module, ModuleReader } from "../parse/module.ts";
import type { Emission } from "./context.ts";
import type { Named, RegionReads } from "./region-reads.ts";

/** Under what name a module hands out a name of its own to the regions of flows in other modules. */
export const handedOut = (name: string): string => `runlet$use$${name}`;

/** Under what name the regions of a flow's module know another module. */
export const moduleName = ({ source }: Module): string => `runlet$module${source.base}`;

/** A name that stands in no module. */
export function unusedName(wish: string, reader: ModuleReader): string {
  let name = wish;
  while ([...reader.modules.values()].some(({ source }) => source.text.includes(name))) name += "$";
  return name;
}

/**
 * The names that the code of a region takes from other modules, since the body of a helper which became part of the flow
 * stands in the flow's module now. Each keeps its name where nothing else in the region has it, as V8 quotes it.
 */
export class ForeignNames {
  readonly #emission: Emission;
  readonly #names = new Map<Module, Map<string, string>>();
  readonly #given = new Set<string>();

  constructor(emission: Emission, { identifiers, free }: RegionReads) {
    this.#emission = emission;
    const foreign = identifiers.filter((one) => this.#isForeign(one));
    if (foreign.length === 0) return;
    const own = new Set(identifiers.filter((one) => !foreign.includes(one)).map(({ name }) => name));
    for (const identifier of foreign) {
      const { name } = identifier;
      const module = emission.reader.at(identifier);
      const names = this.#names.get(module) ?? new Map<string, string>();
      this.#names.set(module, names);
      if (names.has(name)) continue;
      let given = name;
      for (let n = 1; own.has(given) || this.#given.has(given) || (n > 1 && free.has(given)); n++)
        given = `${name}$m${n}`;
      this.#given.add(given);
      names.set(name, given);
    }
  }

  /** What the region calls what the identifier stands for. */
  nameOf(identifier: Named): string {
    if (this.#names.size === 0) return identifier.name;
    const names = this.#names.get(this.#emission.reader.at(identifier));
    return names?.get(identifier.name) ?? identifier.name;
  }

  has(name: string): boolean {
    return this.#given.has(name);
  }

  /** The head of the region's code. */
  lines(): string[] {
    return [...this.#names].flatMap(([module, names]) =>
      [...names].map(([name, given]) => `const ${given} = ${moduleName(module)}.${handedOut(name)};`),
    );
  }

  get imports(): ReadonlyMap<Module, ReadonlySet<string>> {
    return new Map([...this.#names].map(([module, names]) => [module, new Set(names.keys())]));
  }

  #isForeign(identifier: Named): boolean {
    const { reader, module } = this.#emission;
    return reader.at(identifier) !== module && reader.named(identifier) !== undefined;
  }
}

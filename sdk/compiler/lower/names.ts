/** Unique names; one object a flow, so that two compiles never disagree. */
export class Names {
  readonly #taken = new Set<string>();

  /** The wish itself, or the wish with the first free number: `load`, `load 2`. */
  unique(wish: string, join = " ", most = 80): string {
    for (let n = 1; ; n++) {
      const ending = n === 1 ? "" : `${join}${n}`;
      const name = `${wish.slice(0, most - ending.length)}${ending}`;
      if (this.#taken.has(name)) continue;
      this.#taken.add(name);
      return name;
    }
  }
}

/** Source text as part of a state's name: one line, plain characters, short. States Language forbids some of the others. */
export const readable = (text: string, most = 48): string => {
  const plain = text
    .replace(/\s+/g, " ")
    .replace(/[^\x20-\x7e]|["#%\\^|~`$&,;:/<>{}[\]?*]/g, (char) => (char === ">" || char === "<" ? char : ""))
    .replace(/\s+/g, " ")
    .trim();
  return plain.length > most ? `${plain.slice(0, most - 1).trimEnd()}…`.replace("…", "..") : plain;
};

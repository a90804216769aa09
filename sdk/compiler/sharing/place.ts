/** Objects that may be the same one. */
export class Place {
  #parent: Place | undefined;
  #content: Place | undefined;

  get root(): Place {
    if (!this.#parent) return this;
    const { root } = this.#parent;
    this.#parent = root;
    return root;
  }

  /** What may stand in fields and elements of the objects. */
  get content(): Place {
    const { root } = this;
    root.#content ??= new Place();
    return root.#content.root;
  }

  /** What is known to stand in them, without making it. */
  get known(): Place | undefined {
    return this.root.#content?.root;
  }

  join(other: Place): void {
    const open: [Place, Place][] = [[this, other]];
    for (let next = open.pop(); next; next = open.pop()) {
      const [a, b] = [next[0].root, next[1].root];
      if (a === b) continue;
      b.#parent = a;
      if (a.#content && b.#content) open.push([a.#content, b.#content]);
      else if (b.#content) a.#content = b.#content;
      b.#content = undefined;
    }
  }
}

/** The place now stands for what the value may be, too. */
export function merge(place: Place, value: Place | undefined): void {
  if (value) place.join(value);
}

/** One place for all of them. */
export function joined(places: readonly (Place | undefined)[]): Place | undefined {
  const [first, ...others] = places.filter((place) => place !== undefined);
  for (const other of others) first?.join(other);
  return first;
}

/** A new array or object that holds the given things. */
export function fresh(parts: readonly (Place | undefined)[]): Place {
  const made = new Place();
  for (const part of parts) merge(made.content, part);
  return made;
}

/** The place, what is in it, and so on. */
export function reachable(place: Place): Set<Place> {
  const reached = new Set<Place>();
  for (let next: Place | undefined = place.root; next && !reached.has(next); next = next.known)
    reached.add(next);
  return reached;
}

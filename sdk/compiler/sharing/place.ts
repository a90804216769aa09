/** Objects that may be the same one. */
export class Place {
  #parent: Place | undefined;
  #shape: Shape | undefined;

  get root(): Place {
    if (!this.#parent) return this;
    const { root } = this.#parent;
    this.#parent = root;
    return root;
  }

  /** What stands in the objects, by key as far as keys are known. */
  get shape(): Shape {
    const { root } = this;
    root.#shape ??= new Shape();
    return root.#shape.root;
  }

  /** What may stand in any field or element; from now on keys are not told apart. */
  get content(): Place {
    return this.shape.all();
  }

  /** What may stand under a key. */
  at(key: string | undefined): Place {
    return key === undefined || key === "__proto__" ? this.content : this.shape.at(key);
  }

  /** What is known to stand in them, without making it. */
  get parts(): Place[] {
    return this.root.#shape?.root.parts ?? [];
  }

  join(other: Place): void {
    const [a, b] = [this.root, other.root];
    if (a === b) return;
    b.#parent = a;
    const shape = b.#shape;
    b.#shape = undefined;
    if (!shape) return;
    if (a.#shape) a.#shape.join(shape);
    else a.#shape = shape;
  }
}

/** The fields of objects that may be the same one, or of a copy of such. */
export class Shape {
  #parent: Shape | undefined;
  #fields = new Map<string, Place>();
  /** Every field at once, where a key was not known. */
  #all: Place | undefined;

  get root(): Shape {
    if (!this.#parent) return this;
    const { root } = this.#parent;
    this.#parent = root;
    return root;
  }

  get parts(): Place[] {
    return this.#all ? [this.#all.root] : [...this.#fields.values()].map(({ root }) => root);
  }

  at(key: string): Place {
    const place = this.#all ?? this.#fields.get(key) ?? new Place();
    if (!this.#all) this.#fields.set(key, place);
    return place.root;
  }

  all(): Place {
    const { root } = this;
    if (root.#all) return root.#all.root;
    const all = new Place();
    root.#all = all;
    const fields = [...root.#fields.values()];
    root.#fields.clear();
    for (const field of fields) all.join(field); // may join this shape with another one
    return all.root;
  }

  join(other: Shape): void {
    const [a, b] = [this.root, other.root];
    if (a === b) return;
    b.#parent = a;
    const [all, fields] = [b.#all, [...b.#fields]];
    b.#all = undefined;
    b.#fields.clear();
    if (all) a.all().join(all);
    for (const [key, place] of fields) this.root.at(key).join(place);
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

/** A new object with the fields of another one. */
export function copied(place: Place | undefined): Place {
  const made = new Place();
  if (place) made.shape.join(place.shape);
  return made;
}

/** The place, what is in it, and so on. */
export function reachable(place: Place): Set<Place> {
  const reached = new Set<Place>();
  const open = [place.root];
  for (let next = open.pop(); next; next = open.pop()) {
    if (reached.has(next)) continue;
    reached.add(next);
    open.push(...next.parts);
  }
  return reached;
}

import { posix } from "node:path";
import { isPlainObject } from "../../../sdk/model/json.ts";
import { isText, pick } from "./fields.ts";
import type { Source } from "./files.ts";
import { type Part, partOf, type Role } from "./parts.ts";

type Fields = Record<string, unknown>;

/** A case as it stands in the folder, in one file or several, before anything is made of it. */
export interface RawCase {
  file: string;
  id: string | undefined;
  raw: Fields;
  /** What the file, or an index beside it, says of all of its cases. */
  inherited: Fields;
}

interface Placed {
  source: Source;
  part: Part;
}

const hasAny = (value: Fields, names: readonly ("expected" | "history" | "status" | "output" | "error")[]) =>
  names.some((name) => pick(value, name) !== undefined);

const machine = (value: Fields): boolean => pick(value, "definition") !== undefined;

/** Whether an object is a case: something to run, and what is expected of it. */
const isCase = (value: unknown): value is Fields =>
  isPlainObject(value) &&
  (machine(value) || pick(value, "request", isPlainObject) !== undefined) &&
  (hasAny(value, ["expected", "history", "status", "output", "error"]) || "diagnostics" in value);

/** Whether a value is a case, or holds one at some depth. */
const holdsCase = (value: unknown, depth = 4): boolean =>
  isCase(value) ||
  (depth > 0 &&
    typeof value === "object" &&
    value !== null &&
    Object.values(value).some((item) => holdsCase(item, depth - 1)));

/** All cases of the files: in one file or in several. */
export function recordsOf(sources: readonly Source[]): RawCase[] {
  const placed = sources.map((source) => ({ source, part: partOf(source) }));
  const whole = placed.filter(({ source, part }) => holdsCase(source.value) || part.role === undefined);
  const parts = placed.filter((one) => !whole.includes(one));
  const library = new Library(placed);
  const found = whole
    .filter(({ source }) => typeof source.value === "object" || source.lines)
    .flatMap(({ source, part }) =>
      casesIn(source.value).map((one) => ({ ...one, file: source.file, part, used: false })),
    );
  const records = found.filter(claims);
  const notes = found.filter((one) => !claims(one));
  const folders = caseFolders(parts, library);
  const all = [...records, ...folders];
  for (const one of all) one.raw = library.opened(one.raw, one.file);
  lay(parts, all, library);
  for (const note of notes) describe(note, all);
  return [
    ...all.map(({ file, id, raw, inherited }) => ({ file, id, raw, inherited })),
    ...library.left(parts).map(({ source }) => ({
      file: source.file,
      id: source.file,
      raw: { expected: source.value },
      inherited: {},
    })),
  ];
}

/** Something that claims to be a case, whether or not it is whole. */
const looksLike = (raw: Fields): boolean =>
  machine(raw) ||
  ["expected", "request", "history"].some((name) => pick(raw, name as "request") !== undefined);

const claims = ({ raw, inherited }: Found): boolean => looksLike({ ...inherited, ...raw });

interface Found {
  file: string;
  id: string | undefined;
  raw: Fields;
  inherited: Fields;
  part: Part;
}

const LISTS = [
  "cases",
  "executions",
  "tests",
  "entries",
  "recordings",
  "items",
  "runs",
  "examples",
  "variants",
];

/** A case, a list of cases, `{ cases: … }`, cases by id or by group, or one machine with several runs. */
function casesIn(value: unknown): Pick<Found, "id" | "raw" | "inherited">[] {
  if (Array.isArray(value)) return value.flatMap(casesIn);
  if (!isPlainObject(value)) return [];
  const list = LISTS.find((name) => typeof value[name] === "object" && value[name] !== null);
  if (list !== undefined && !hasAny(value, ["expected", "history"]) && holdsList(value, list)) {
    const { [list]: cases, ...inherited } = value;
    const inner = Array.isArray(cases) ? cases.flatMap(casesIn) : byId(cases as Fields);
    return inner.map((one) => ({ ...one, inherited: { ...inherited, ...one.inherited } }));
  }
  const members = Object.values(value);
  const isGroup = members.length > 0 && members.every((one) => typeof one === "object" && one !== null);
  if (!isCase(value) && !looksLike(value) && isGroup) return byId(value);
  return [{ id: undefined, raw: value, inherited: {} }];
}

/** Whether a field is a list of cases: each has something of its own to run or to expect. */
function holdsList(value: Fields, name: string): boolean {
  const inner = Object.values(value[name] as object);
  if (inner.length === 0 || !inner.every(isPlainObject)) return false;
  const shared = machine(value);
  return inner.some(
    (one) => holdsCase(one) || looksLike(one) || (shared && hasAny(one, ["status", "output"])),
  );
}

const byId = (cases: Fields): Pick<Found, "id" | "raw" | "inherited">[] =>
  Object.entries(cases).flatMap(([id, raw]) =>
    casesIn(raw).map((one) => ({
      ...one,
      id: one.id === undefined ? (Array.isArray(raw) ? undefined : id) : `${id}/${one.id}`,
      inherited: { ...(Array.isArray(raw) ? { family: id } : {}), ...one.inherited },
    })),
  );

/** Cases that have a file for each field. */
function caseFolders(parts: readonly Placed[], library: Library): Found[] {
  const groups = new Map<string, Placed[]>();
  for (const one of parts) groups.set(one.part.key, [...(groups.get(one.part.key) ?? []), one]);
  return [...groups.values()].flatMap((group) => {
    const roles = new Map(group.map((one) => [one.part.role, one]));
    const runs = roles.get("definition") ?? roles.get("request");
    if (!runs || !(roles.has("expected") || roles.has("history") || roles.has("about"))) return [];
    if (runs.part.role === "definition" && isTable(runs.source.value)) return [];
    const raw: Fields = {};
    for (const { source, part } of group) {
      library.use(source.file);
      if (part.role === "about") Object.assign(raw, source.value as Fields);
      else if (part.role) raw[part.role] = source.value;
    }
    return [{ file: runs.source.file, id: runs.part.key || undefined, raw, inherited: {}, part: runs.part }];
  });
}

/** Definitions by name, rather than one. */
const isTable = (value: unknown): boolean =>
  isPlainObject(value) &&
  !("States" in value) &&
  !("Type" in value) &&
  Object.values(value).every(isPlainObject);

/** Lays the fields that stand in other files into their cases: by the name of the file, or in tables by id. */
function lay(parts: readonly Placed[], records: readonly Found[], library: Library): void {
  for (const { source, part } of parts) {
    const role = part.role;
    if (role === undefined || library.used(source.file)) continue;
    for (const one of records) {
      if (pick(one.raw, role === "about" ? "id" : role) !== undefined && role !== "about") continue;
      const value =
        part.name === "" ? member(source.value, idOf(one)) : isOf(part, one) ? source.value : undefined;
      if (value === undefined) continue;
      library.use(source.file);
      if (role === "about") Object.assign(one.inherited, value);
      else one.raw[role] = value;
    }
  }
}

const member = (table: unknown, id: string | undefined): unknown =>
  isPlainObject(table) && id !== undefined && Object.hasOwn(table, id) ? table[id] : undefined;

const idOf = (one: Found): string | undefined =>
  one.id ?? (pick(one.raw, "id", isText) as string | undefined);

const isOf = (part: Part, one: Found): boolean => {
  const id = idOf(one);
  return part.key === one.part.key || (id !== undefined && (part.name === id || part.key === id));
};

/** What an index says of a case, found by its path or by its id. */
function describe(note: Found, records: readonly Found[]): void {
  const texts = Object.values(note.raw).filter(isText);
  const names = [note.id, ...texts].filter(isText).map((text) => text.replace(/\/$/, ""));
  for (const one of records) {
    const paths = [one.file, posix.dirname(one.file), one.part.key, idOf(one)];
    if (names.some((name) => paths.includes(name))) Object.assign(one.inherited, note.raw);
  }
}

/** Files by name, for fields that name one. */
class Library {
  readonly #files: Map<string, unknown>;
  readonly #parts: readonly Placed[];
  readonly #used = new Set<string>();

  constructor(placed: readonly Placed[]) {
    this.#files = new Map(placed.map(({ source }) => [source.file, source.value]));
    this.#parts = placed;
  }

  use(file: string): void {
    this.#used.add(file);
  }

  used(file: string): boolean {
    return this.#used.has(file);
  }

  /** A case whose fields that name files have what is in them. */
  opened(raw: Fields, file: string): Fields {
    const made: Fields = {};
    for (const [key, value] of Object.entries(raw)) {
      const found = this.#named(value, file) ?? this.#definition(key, value);
      made[found === undefined ? key : key.replace(/[-_]?(file|path|ref)$/i, "") || key] = found ?? value;
    }
    return made;
  }

  #named(value: unknown, from: string): unknown {
    const name = isPlainObject(value) ? (value["$ref"] ?? value["file"]) : value;
    if (!isText(name) || name.length > 300 || !/\.(json|asl|csv|txt)/.test(name)) return undefined;
    const path = [posix.join(posix.dirname(from), name), posix.normalize(name)].find((one) =>
      this.#files.has(one),
    );
    if (path === undefined) return undefined;
    this.use(path);
    return this.#files.get(path);
  }

  /** A definition that is said by its name in a table or a folder of definitions. */
  #definition(key: string, value: unknown): unknown {
    if (!isText(value) || value.includes("{") || pick({ [key]: value }, "definition") === undefined)
      return undefined;
    for (const { source, part } of this.#parts) {
      if (part.role !== "definition") continue;
      const found = part.name === value ? source.value : member(source.value, value);
      if (found === undefined) continue;
      this.use(source.file);
      return found;
    }
    return undefined;
  }

  /** Parts that no case took: a case is missing what it needs, and is told. */
  left(parts: readonly Placed[]): Placed[] {
    const needed: (Role | undefined)[] = ["expected", "history", "request"];
    return parts.filter(({ source, part }) => !this.#used.has(source.file) && needed.includes(part.role));
  }
}

import type { Json } from "../../model/json.ts";
import type { Variables } from "../variables.ts";
import { PathNotFound, valueAt } from "./evaluate.ts";
import { type Path, parsePath } from "./parse.ts";

/** What the paths of one field see. */
export interface View {
  /** `$` */
  document: Json;
  /** `$$`; made when a path asks for it. */
  context: () => Json;
  /** `$name` */
  variables: Variables;
}

/**
 * @throws PathNotFound
 */
export function look(text: string, view: View): Json {
  const path = parsePath(text);
  return valueAt(path, rootValue(path, view));
}

/** The document that the path starts from, as error messages quote it. */
export function rootValue({ root, text }: Path, view: View): Json {
  if (root.kind === "context") return view.context();
  if (root.kind !== "variable") return view.document;
  if (!Object.hasOwn(view.variables, root.name)) throw new PathNotFound(`No results for path: ${text}`);
  return view.variables[root.name] as Json;
}

/** The document of a path for a message: nothing fails here. */
export function quotedRoot(text: string, view: View): Json {
  try {
    return rootValue(parsePath(text), view);
  } catch {
    return view.document;
  }
}

import { childrenOf } from "../parse/ast.ts";
import type { Declared, Module, ModuleReader } from "../parse/module.ts";
import { ERROR_CLASSES } from "./builtins.ts";

export type DeclaredClass = Extract<Declared, { kind: "class" }>;

/**
 * A class of errors whose members are themselves again where they are caught: it extends one of JavaScript's own, by
 * way of others like it, and keeps nothing in private names, which no other process could give back.
 */
export function isErrorClass(reader: ModuleReader, declared: Declared | undefined, depth = 0): boolean {
  if (declared?.kind !== "class" || depth > 8) return false;
  const { superClass, body, decorators } = declared.node;
  if (superClass?.type !== "Identifier" || decorators.length > 0 || hasPrivateNames(body)) return false;
  const parent = reader.lookup(declared.module, superClass.name);
  return parent ? isErrorClass(reader, parent, depth + 1) : ERROR_CLASSES.has(superClass.name);
}

const hasPrivateNames = (node: Parameters<typeof childrenOf>[0]): boolean =>
  node.type === "PrivateIdentifier" || childrenOf(node).some(hasPrivateNames);

/** All such classes that a build's modules declare, each with a key of its own. */
export function errorClassesOf(reader: ModuleReader): { key: string; name: string; module: Module }[] {
  const classes = [...reader.modules.values()].flatMap((module) =>
    [...module.declarations.values()].filter(
      (one): one is DeclaredClass =>
        one.kind === "class" && one.module === module && isErrorClass(reader, one),
    ),
  );
  return classes.map(({ name, module }, i) => {
    const before = classes.slice(0, i).filter((one) => one.name === name).length;
    return { key: before === 0 ? name : `${name}#${before + 1}`, name, module };
  });
}

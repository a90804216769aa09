// Static evaluation depth of a JSONata expression, an upper bound of what both engines count, and the forms it refuses.
// One for the node, plus the deepest child. A lambda's body counts below the call it is passed to; a lambda bound to a
// local name counts where that name is called.

const kids = (node) => {
  switch (node.type) {
    case "path":
      return [...node.steps, ...node.steps.flatMap((s) => [...(s.stages ?? []), ...(s.predicate ?? [])])];
    case "binary":
      return [node.lhs, node.rhs];
    case "unary":
      if (node.value === "{") return node.lhs.flat();
      return node.value === "[" ? node.expressions : [node.expression];
    case "condition":
      return [node.condition, node.then, ...(node.else ? [node.else] : [])];
    case "block":
      return node.expressions;
    case "filter":
      return [node.expr];
    case "string":
    case "number":
    case "value":
    case "name":
    case "variable":
    case "regex":
      return [...(node.predicate ?? []), ...(node.stages ?? [])];
    default:
      throw new Error(`depth: the compiler does not emit '${node.type}'`);
  }
};

export function depthOf(node, lambdas = new Map()) {
  if (node.type === "lambda") return 1 + depthOf(unthunk(node.body), lambdas);
  if (node.type === "bind") {
    if (node.rhs.type === "lambda") lambdas.set(node.lhs.value, depthOf(node.rhs, lambdas));
    return 1 + depthOf(node.rhs, lambdas);
  }
  if (node.type === "function") {
    const called = lambdas.get(node.procedure.value) ?? 1;
    return 1 + Math.max(called, ...node.arguments.map((a) => depthOf(a, lambdas)), 0) + suffix(node, lambdas);
  }
  return 1 + Math.max(0, ...kids(node).map((k) => depthOf(k, lambdas)));
}

/** `f(x)[]` and `f(x)[p]` hang their predicate on the call itself. */
const suffix = (node, lambdas) => Math.max(0, ...(node.predicate ?? []).map((p) => depthOf(p, lambdas)));

/** The parser wraps a call in tail position in a thunk of its own. */
const unthunk = (body) => (body.type === "lambda" && body.thunk ? body.body : body);

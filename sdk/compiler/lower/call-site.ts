import type { CallExpression, Expression, Node } from "oxc-parser";
import { copyOf } from "../parse/copy.ts";
import { arrow, type Begun, begin, identifier, member, numeral, placeName } from "../parse/make.ts";
import type { Span } from "../source-file.ts";
import type { Lowering } from "./lowering.ts";

type Named = Extract<Node, { type: "Identifier" }>;

/** A call that stands in a list of calls: what it gets is evaluated with the list, and the rest when it is made. */
export interface CallSite {
  /** The call as the source has it, or as a callback makes it. */
  call: Expression;
  as: Begun["as"] | "future";
  /** What the call gets, as it stands in the source. */
  args: readonly Node[];
  /** It gives no value, whatever happens in it. */
  isVoid?: boolean;
  /** Options that the call has beside them. */
  rest?: readonly Node[];
  /** The call below the methods of its promise, whose arguments are `args`. */
  root: Node;
  /** Variables of the list that its function reads, by one of their uses. */
  keeps: readonly Named[];
  /** Of a list in the list. */
  inner?: CallSites;
}

export interface CallSites {
  sites: readonly CallSite[];
  /** What is no call may stand among the elements. */
  isMixed: boolean;
  /** The list with what its calls get in the place of the calls. */
  expression: Expression;
}

/** What stands in the list in the place of the call. */
export function listed(
  lowering: Lowering,
  site: CallSite,
  number: number,
  args: readonly Node[],
): Expression {
  const as = site.as === "future" ? "body" : site.as;
  const given = site.inner ? [site.inner.expression] : args;
  const keeps = site.keeps.map((one) => again(lowering, one));
  return begin({ site: number, args: given, keeps, as }, site.call);
}

/** `async (call) => { switch (call.site) { case 0: return a(...call.args); … } }`: makes each call. */
export function callbackOf(lowering: Lowering, { sites, isMixed }: CallSites, at: Span): Expression {
  const item = (): Expression => identifier("call$", at);
  const arms = sites.map((site) => statementsOf(lowering, site, item));
  const value = returning(member(member(item(), "args", at), 0, at), at);
  const [only] = arms;
  if (only && arms.length === 1 && !isMixed) return arrow([item()], block(only, at), at, true);
  const cases = arms.map((consequent, i) => ({ test: numeral(i, at as Node) as Node | null, consequent }));
  if (isMixed) cases.push({ test: null, consequent: [value] });
  const last = cases.at(-1);
  if (last) last.test = null; // there is no other one
  const choice = {
    type: "SwitchStatement",
    discriminant: member(item(), "site", at),
    cases: cases.map((one) => ({ type: "SwitchCase", ...one, ...place(at) })),
    ...place(at),
  };
  return arrow([item()], block([choice as unknown as Node], at), at, true);
}

function statementsOf(lowering: Lowering, site: CallSite, item: () => Expression): Node[] {
  const at = site.call;
  const args = member(item(), "args", at);
  const kept = site.keeps.map((one, i) =>
    constant(again(lowering, one), member(member(item(), "keeps", at), placeName(i), at), at),
  );
  const made = madeCall(lowering, site, args);
  return [...kept, ...(site.isVoid ? [awaiting(made, at), returning(null, at)] : [returning(made, at)])];
}

function madeCall(lowering: Lowering, site: CallSite, args: Expression): Expression {
  const { call, root, inner } = site;
  if (site.as === "future") return { type: "AwaitExpression", argument: call, ...place(call) } as Expression;
  if (inner) {
    const callee = member(member(args, 0, call), "map", call);
    const mapped = callOf(callee, [callbackOf(lowering, inner, call)], call);
    return { ...(call as CallExpression), arguments: [mapped] } as Expression;
  }
  const given = (made: CallExpression): Node[] =>
    site.as === "call"
      ? [{ type: "SpreadElement", argument: args, ...place(made) } as unknown as Node]
      : [...site.args.map((_, i) => member(args, placeName(i), made)), ...(site.rest ?? [])];
  const withArgs = (made: CallExpression): Node => ({ ...made, arguments: given(made) }) as unknown as Node;
  if (call === root) return withArgs(call as CallExpression) as Expression;
  return copyOf(
    call,
    (original, copy) => lowering.sharing.alias(copy, original),
    (node) => (node === root ? withArgs(node as CallExpression) : undefined),
  );
}

export const callOf = (callee: Expression, args: readonly Node[], at: Span): Expression =>
  ({
    type: "CallExpression",
    callee,
    arguments: [...args],
    optional: false,
    ...place(at),
  }) as unknown as Expression;

/** The name once more: an identifier of its own for the same variable. */
function again(lowering: Lowering, name: Named): Named & Expression {
  const copy = { ...name };
  lowering.sharing.alias(copy, name);
  return copy as Named & Expression;
}

const constant = (id: Node, init: Expression, at: Span): Node =>
  ({
    type: "VariableDeclaration",
    kind: "const",
    declarations: [{ type: "VariableDeclarator", id, init, ...place(at) }],
    ...place(at),
  }) as unknown as Node;

const awaiting = (call: Expression, at: Span): Node =>
  ({
    type: "ExpressionStatement",
    expression: { type: "AwaitExpression", argument: call, ...place(at) },
    ...place(at),
  }) as unknown as Node;

const returning = (argument: Expression | null, at: Span): Node =>
  ({ type: "ReturnStatement", argument, ...place(at) }) as unknown as Node;

const block = (body: readonly Node[], at: Span): Node =>
  ({ type: "BlockStatement", body: [...body], ...place(at) }) as unknown as Node;

const place = ({ start, end }: Span): Span => ({ start, end });

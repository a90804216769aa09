import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Node, parseSync } from "oxc-parser";
import { check } from "../../sdk/compiler/index.ts";
import { childrenOf, isFunction } from "../../sdk/compiler/parse/ast.ts";
import { assertSame, type Refusal, same } from "./compare.ts";
import { openPrograms, type Programs } from "./harness.ts";
import { PRELUDE } from "./prelude.ts";

/** A program with one statement taken out. */
export interface Mutant {
  text: string;
  deleted: string;
}

const LOOPS = new Set(["WhileStatement", "DoWhileStatement", "ForStatement"]);
const LEAVES = new Set(["BreakStatement", "ReturnStatement", "ThrowStatement"]);

/**
 * The program without each of its statements in turn. In a loop that counts, statements that change a variable or leave
 * are kept: without them it would not end, in Node either.
 */
export function statementMutants(flow: string): Mutant[] {
  const text = `(${flow})`;
  const mutants: Mutant[] = [];
  const visit = (node: Node, loop: boolean): void => {
    for (const statement of statementsOf(node)) {
      if (statement.type === "EmptyStatement" || (loop && keepsGoing(statement))) continue;
      const { start, end } = statement;
      mutants.push({
        text: `${text.slice(1, start)};${text.slice(end, -1)}`,
        deleted: text.slice(start, end),
      });
    }
    for (const child of childrenOf(node))
      visit(child, isFunction(node) ? false : loop || LOOPS.has(node.type));
  };
  visit(parseSync("flow.ts", text).program, false);
  return mutants;
}

function statementsOf(node: Node): readonly Node[] {
  if (node.type === "BlockStatement") return node.body;
  return node.type === "SwitchCase" ? node.consequent : [];
}

const keepsGoing = (node: Node): boolean =>
  node.type === "AssignmentExpression" ||
  node.type === "UpdateExpression" ||
  LEAVES.has(node.type) ||
  childrenOf(node).some(keepsGoing);

export interface MutantTally {
  mutants: number;
  /** Those that do not compile, such as ones without a definition that is used. */
  refused: number;
  /** Those that plain Node can tell from the program on one of the inputs. */
  toldApart: number;
}

const REFUSES: readonly Refusal[] = ["RLT3005", "RLT2001", "RLT2003", "RLT2009", "RLT2010"];

/**
 * Runs mutants in plain Node and compiled; both must agree.
 *
 * @param module what the programs need beside the prelude
 * @throws with the first difference and the statement that was deleted
 */
export async function agreeOnMutants(
  originals: Programs,
  module: string,
  mutants: readonly (Mutant & { flow: string; inputs: readonly unknown[] })[],
  files: Record<string, string> = {},
): Promise<MutantTally> {
  const folder = mkdtempSync(join(tmpdir(), "runlet-statement-mutants-"));
  const main = join(folder, "main.ts");
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const compiling = mutants.filter(
    ({ text }) => check(main, `${PRELUDE}\n${module}\nexport const m = flow(${text});\n`).length === 0,
  );
  rmSync(folder, { recursive: true });
  const tally: MutantTally = {
    mutants: mutants.length,
    refused: mutants.length - compiling.length,
    toldApart: 0,
  };
  if (compiling.length === 0) return tally;
  const flows = compiling.map(({ text }, i) => `export const m${i} = flow(${text});`);
  const opened = await openPrograms({ ...files, "main.ts": [module, ...flows].join("\n") });
  try {
    for (const [i, { flow, inputs, deleted }] of compiling.entries()) {
      if (await differs(originals, opened, flow, `m${i}`, inputs)) tally.toldApart++;
      try {
        await same(opened, `m${i}`, inputs, { refuses: REFUSES, paths: ["fast"] });
      } catch (error) {
        throw new Error(`without \`${deleted}\`: ${(error as Error).message}`);
      }
    }
  } finally {
    opened.close();
  }
  return tally;
}

async function differs(
  originals: Programs,
  mutants: Programs,
  flow: string,
  mutant: string,
  inputs: readonly unknown[],
): Promise<boolean> {
  for (const input of inputs) {
    const [a, b] = [await originals.plain(flow, input), await mutants.plain(mutant, input)];
    try {
      assertSame(a, b, "");
    } catch {
      return true;
    }
  }
  return false;
}

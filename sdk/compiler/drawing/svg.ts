import type { FlowBlock, FlowDocument, FlowNode } from "../../model/flow-document.ts";
import {
  beside,
  type Figure,
  GAP,
  label,
  path,
  rectangle,
  shortened,
  stack,
  widthOf,
  xml,
} from "./figure.ts";
import { STYLE } from "./style.ts";

const BOX_HEIGHT = 34;
const PADDING = 18;
const HEADER = 30;
const MARGIN = 24;

/** A flow as an SVG picture: control runs downwards; what repeats, runs side by side or may fail has a frame. */
export function toSvg({ flow, source, nodes }: FlowDocument): string {
  const title = `${flow} (${source.file}:${source.line})`;
  const figures = [pill("start", flow, title), ...drawnOf(nodes).map(figureOf)];
  if (!figures.at(-1)?.ends) figures.push(pill("end", "end", "the flow ends"));
  const whole = stack(figures);
  const width = Math.ceil(whole.left + whole.right + 2 * MARGIN);
  const height = Math.ceil(whole.height + 2 * MARGIN);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${xml(title)}</title>`,
    `<style>${STYLE}</style>`,
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="head" d="M0 0L8 4L0 8z"/></marker></defs>',
    `<rect class="paper" width="${width}" height="${height}"/>`,
    whole.draw(whole.left + MARGIN, MARGIN),
    "</svg>",
  ].join("\n");
}

/** Assignments are left out; a block that nothing leaves before its end is what lies in it. */
const drawnOf = (nodes: readonly FlowNode[]): FlowNode[] =>
  nodes.flatMap((node) => {
    if (node.kind === "set") return [];
    const isLeft = node.kind === "block" && leftBy(node, node.blocks ?? []);
    if (isLeft || (node.kind !== "block" && node.kind !== "leave")) return [node];
    return (node.blocks ?? []).flatMap((block) => drawnOf(block.nodes));
  });

function figureOf(node: FlowNode): Figure {
  const blocks = node.blocks ?? [];
  switch (node.kind) {
    case "return":
      return { ...pill("end", sentenceOf(node, /^return\b/), hoverOf(node)), ends: true };
    case "throw":
      return { ...pill("throw", sentenceOf(node, /^throw\b/), hoverOf(node)), ends: true };
    case "break":
    case "continue":
      return { ...pill("jump", sentenceOf(node, /^(break|continue|return)\b/), hoverOf(node)), ends: true };
    case "branch":
    case "switch":
      return choice(node, blocks);
    case "script":
      return blocks.length > 0 ? choice(node, blocks) : box(node);
    case "try":
      return frame(node, blocks);
    default:
      return blocks.length > 0 ? frame(node, blocks) : box(node);
  }
}

const bodyOf = (nodes: readonly FlowNode[]): Figure => stack(drawnOf(nodes).map(figureOf));

/** The statement itself, where the node stands for one; else its name, which is the state's. */
const sentenceOf = ({ id, text }: FlowNode, statement: RegExp): string =>
  text !== undefined && statement.test(text) ? text.replace(/;$/, "") : id;

/** The name of a state leaves out what states may not be called; the question itself says more. */
const questionOf = ({ id, kind, text }: FlowNode): string =>
  text === undefined || kind === "script" ? id : `${kind === "branch" ? "if" : kind} ${text}`;

const hoverOf = ({ at, text, id }: FlowNode): string => `line ${at.line}: ${text ?? id}`;

const group = (kind: string, node: FlowNode, inner: string): string =>
  `<g class="${kind}" data-id="${xml(node.id)}" data-line="${node.at.line}"><title>${xml(hoverOf(node))}</title>${inner}</g>`;

function box(node: FlowNode): Figure {
  const text = shortened(node.id);
  const half = Math.max(40, (widthOf(text) + 28) / 2);
  return {
    left: half,
    right: half,
    height: BOX_HEIGHT,
    ends: false,
    draw: (x, y) =>
      group(
        node.kind,
        node,
        rectangle("shape", x - half, y, 2 * half, BOX_HEIGHT, 6) + label(text, x, y + 22, "name"),
      ),
  };
}

function pill(kind: string, full: string, hover: string): Figure {
  const text = shortened(full);
  const half = Math.max(28, (widthOf(text) + 28) / 2);
  return {
    left: half,
    right: half,
    height: 28,
    ends: false,
    draw: (x, y) =>
      `<g class="${kind}"><title>${xml(hover)}</title>${rectangle("shape", x - half, y, 2 * half, 28, 14)}${label(text, x, y + 19, "name")}</g>`,
  };
}

/** A question, and an arm for each answer; the arms that do not end meet again below. */
function choice(node: FlowNode, given: readonly FlowBlock[]): Figure {
  const open =
    node.kind === "script" || (node.kind === "switch" && !given.some((block) => block.label === "default"));
  const blocks = open ? [...given, { label: "else", nodes: [] }] : given;
  const arms = blocks.map((block) => {
    const { fallsThrough = false } = block;
    const nodes = block.nodes.filter((inner, i) => !(i === block.nodes.length - 1 && leaves(inner, node)));
    const body = fallsThrough
      ? stack(
          [
            bodyOf(nodes),
            { ...pill("jump", "falls through", "goes on with the next case"), ends: true },
          ].filter(({ height }) => height > 0),
        )
      : bodyOf(nodes);
    return {
      ...body,
      left: Math.max(body.left, 8),
      right: Math.max(body.right, widthOf(shortened(block.label)) + 10),
    };
  });
  const text = shortened(questionOf(node));
  const half = (widthOf(text) + 52) / 2;
  const row = beside(arms, 28);
  const top = BOX_HEIGHT + 2 * GAP;
  const ends = arms.length > 0 && arms.every((arm) => arm.ends) && !leftBy(node, blocks);
  const height = top + row.height + (ends ? 0 : GAP);
  return {
    left: Math.max(half, row.left),
    right: Math.max(half, row.right),
    height,
    ends,
    draw(x, y) {
      const shape = `<path class="shape" d="M${x - half} ${y + BOX_HEIGHT / 2}L${x - half + 16} ${y}H${x + half - 16}L${x + half} ${y + BOX_HEIGHT / 2}L${x + half - 16} ${y + BOX_HEIGHT}H${x - half + 16}z"/>`;
      const drawn = arms.map((arm, i) => {
        const axis = x + (row.offsets[i] ?? 0);
        const down: [number, number][] = [
          [x, y + BOX_HEIGHT],
          [x, y + BOX_HEIGHT + 10],
          [axis, y + BOX_HEIGHT + 10],
          [axis, y + top],
        ];
        const out: [number, number][] = [
          [axis, y + top + arm.height],
          [axis, y + height - 8],
          [x, y + height - 8],
          [x, y + height],
        ];
        const name = label(
          shortened(blocks[i]?.label ?? ""),
          axis + 5,
          y + BOX_HEIGHT + 28,
          "answer",
          "start",
        );
        return path(down, arm.height > 0) + name + arm.draw(axis, y + top) + (arm.ends ? "" : path(out));
      });
      return group(node.kind, node, shape + label(text, x, y + 22, "name")) + drawn.join("");
    },
  };
}

/** A frame around blocks side by side, headed by the node's name. */
function frame(node: FlowNode, blocks: readonly FlowBlock[]): Figure {
  // What a loop does before its next turn follows what it does in each.
  const bodies =
    node.kind === "loop"
      ? [bodyOf(blocks.flatMap(({ nodes }) => nodes))]
      : blocks.map(({ nodes }) => bodyOf(nodes));
  const several = blocks.length > 1 && node.kind !== "loop";
  const row = beside(
    bodies.map((body, i) => widened(body, several ? (blocks[i]?.label ?? "") : "")),
    36,
  );
  const text = headOf(node);
  const head = (widthOf(text) + 24) / 2;
  const top = HEADER + (several ? 22 : 6);
  const height = top + row.height + PADDING;
  const left = Math.max(head, row.left + PADDING);
  const right = Math.max(head, row.right + PADDING);
  return {
    left,
    right,
    height,
    ends: node.kind === "try" && bodies.every(({ ends }) => ends),
    draw(x, y) {
      const drawn = bodies.map((body, i) => {
        const axis = x + (row.offsets[i] ?? 0);
        const name = several ? label(blocks[i]?.label ?? "", axis, y + HEADER + 14, "answer") : "";
        return name + body.draw(axis, y + top);
      });
      const outline =
        rectangle("frame", x - left, y, left + right, height, 10) +
        label(text, x - left + 12, y + 20, "head", "start");
      return group(node.kind, node, outline) + drawn.join("");
    },
  };
}

const MARKS: Record<string, string> = { loop: "↻ ", map: "⇶ ", parallel: "∥ ", try: "" };

const headOf = ({ kind, id }: FlowNode): string => `${MARKS[kind] ?? ""}${shortened(id)}`;

const widened = (figure: Figure, name: string): Figure => {
  const half = widthOf(name) / 2;
  return { ...figure, left: Math.max(figure.left, half), right: Math.max(figure.right, half) };
};

const leaves = ({ kind, target }: FlowNode, node: FlowNode): boolean =>
  kind === "break" && target === node.id;

/** A `break` in an arm of a switch leads to what follows the switch. */
const leftBy = (node: FlowNode, blocks: readonly FlowBlock[]): boolean =>
  blocks.some(({ nodes }) => nodes.some((inner) => leaves(inner, node) || leftBy(node, inner.blocks ?? [])));

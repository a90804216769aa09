/** A part of a drawing, around an axis: control enters at the axis at the top, and leaves at the axis at the bottom. */
export interface Figure {
  /** How far it reaches to both sides of the axis, in pixels. */
  left: number;
  right: number;
  height: number;
  /** Control does not come out at the bottom. */
  ends: boolean;
  /** The SVG elements, with the axis at `x` and the top at `y`. */
  draw(x: number, y: number): string;
}

export const GAP = 26;

export const xml = (text: string): string =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    // XML takes no other control characters, and no half of a surrogate pair.
    .replaceAll(/[\p{Cc}\ufffe\uffff]/gu, " ")
    .toWellFormed();

const round = (value: number): number => Math.round(value * 10) / 10;

/** A line through points; `arrow` ends it with a head. */
export const path = (
  points: readonly (readonly [x: number, y: number])[],
  arrow = false,
  kind = "edge",
): string => {
  const d = points.map(([x, y], i) => `${i === 0 ? "M" : "L"}${round(x)} ${round(y)}`).join("");
  return `<path class="${kind}" d="${d}"${arrow ? ' marker-end="url(#arrow)"' : ""}/>`;
};

export const label = (text: string, x: number, y: number, kind: string, anchor = "middle"): string =>
  `<text class="${kind}" x="${round(x)}" y="${round(y)}" text-anchor="${anchor}">${xml(text)}</text>`;

export const rectangle = (
  kind: string,
  x: number,
  y: number,
  width: number,
  height: number,
  radius: number,
): string =>
  `<rect class="${kind}" x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="${radius}"/>`;

/** Of a proportional font of 13 pixels; generous, since the reader's font is not known. */
export const widthOf = (text: string): number => Math.ceil(text.length * 7.3);

const MOST_CHARACTERS = 46;

export const shortened = (text: string): string =>
  text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS - 1).trimEnd()}…` : text;

/** Figures below each other, with arrows between them. */
export function stack(figures: readonly Figure[]): Figure {
  const height = figures.reduce((sum, one) => sum + one.height, 0) + GAP * Math.max(0, figures.length - 1);
  return {
    left: Math.max(0, ...figures.map(({ left }) => left)),
    right: Math.max(0, ...figures.map(({ right }) => right)),
    height,
    ends: figures.at(-1)?.ends ?? false,
    draw(x, y) {
      let at = y;
      return figures
        .map((figure, i) => {
          const drawn = figure.draw(x, at);
          at += figure.height;
          const arrow =
            i < figures.length - 1 && !figure.ends
              ? path(
                  [
                    [x, at],
                    [x, at + GAP],
                  ],
                  true,
                )
              : "";
          at += GAP;
          return drawn + arrow;
        })
        .join("");
    },
  };
}

/** Figures side by side; each keeps its own axis, and the whole has its axis in the middle of theirs. */
export function beside(
  figures: readonly Figure[],
  gap: number,
): { offsets: number[]; left: number; right: number; height: number } {
  const axes: number[] = [];
  let at = 0;
  for (const { left, right } of figures) {
    axes.push(at + left);
    at += left + right + gap;
  }
  const width = Math.max(0, at - gap);
  const middle = ((axes[0] ?? 0) + (axes.at(-1) ?? 0)) / 2;
  return {
    offsets: axes.map((axis) => axis - middle),
    left: middle,
    right: width - middle,
    height: Math.max(0, ...figures.map(({ height }) => height)),
  };
}

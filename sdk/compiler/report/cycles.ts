/**
 * The strongly connected parts of a graph, each before those that it leads to (Tarjan's algorithm, without recursion,
 * since a flow may have thousands of states in a row).
 *
 * @see https://en.wikipedia.org/wiki/Tarjan%27s_strongly_connected_components_algorithm
 */
export function cyclesOf(start: string, next: (name: string) => readonly string[]): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const onStack = new Set<string>();
  const parts: string[][] = [];
  const open: { name: string; left: readonly string[]; at: number }[] = [];
  const enter = (name: string): void => {
    index.set(name, index.size);
    low.set(name, index.size - 1);
    stack.push(name);
    onStack.add(name);
    open.push({ name, left: next(name), at: 0 });
  };
  const lower = (name: string, to: number | undefined): void =>
    void low.set(name, Math.min(low.get(name) ?? 0, to ?? 0));
  const close = (name: string): void => {
    if (low.get(name) !== index.get(name)) return;
    const part = stack.splice(stack.indexOf(name));
    for (const one of part) onStack.delete(one);
    parts.push(part);
  };
  enter(start);
  for (let frame = open.at(-1); frame; frame = open.at(-1)) {
    const to = frame.left[frame.at++];
    if (to === undefined) {
      open.pop();
      close(frame.name);
      const parent = open.at(-1);
      if (parent) lower(parent.name, low.get(frame.name));
    } else if (!index.has(to)) enter(to);
    else if (onStack.has(to)) lower(frame.name, index.get(to));
  }
  return parts.reverse();
}

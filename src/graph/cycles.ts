// Cycles of a directed graph, without recursion, so that long chains do not overflow the stack.

export interface Arc {
  readonly from: string;
  readonly to: string;
}

export interface Cycle<A extends Arc> {
  /** The arc that closes it. */
  readonly closing: A;
  /** a, b, c, a. */
  readonly path: readonly string[];
}

/** Every arc that closes a cycle over the arcs before it in depth-first order: without them none is left. Deterministic. */
export function findCycles<A extends Arc>(arcs: readonly A[]): readonly Cycle<A>[] {
  const out = new Map<string, A[]>();
  for (const arc of arcs) {
    const list = out.get(arc.from);
    if (list === undefined) out.set(arc.from, [arc]);
    else list.push(arc);
  }
  const cycles: Cycle<A>[] = [];
  const done = new Set<string>();
  const depth = new Map<string, number>();
  for (const start of out.keys()) {
    if (done.has(start)) continue;
    const path: string[] = [start];
    const next: number[] = [0];
    depth.set(start, 0);
    while (path.length > 0) {
      const node = path.at(-1) as string;
      const arc = out.get(node)?.[next[next.length - 1] as number];
      if (arc === undefined) {
        done.add(node);
        depth.delete(node);
        path.pop();
        next.pop();
        continue;
      }
      next[next.length - 1] = (next.at(-1) as number) + 1;
      const on = depth.get(arc.to);
      if (on !== undefined) cycles.push({ closing: arc, path: [...path.slice(on), arc.to] });
      else if (!done.has(arc.to)) {
        depth.set(arc.to, path.length);
        path.push(arc.to);
        next.push(0);
      }
    }
  }
  return cycles;
}

/** The nodes from `from` to `to` along the arcs, or undefined when `to` cannot be reached. */
export function findWay(arcs: readonly Arc[], from: string, to: string): readonly string[] | undefined {
  const out = new Map<string, string[]>();
  for (const arc of arcs) {
    const list = out.get(arc.from);
    if (list === undefined) out.set(arc.from, [arc.to]);
    else list.push(arc.to);
  }
  const before = new Map<string, string | undefined>([[from, undefined]]);
  for (const node of before.keys()) {
    if (node === to) break;
    for (const each of out.get(node) ?? []) if (!before.has(each)) before.set(each, node);
  }
  if (!before.has(to)) return undefined;
  const way: string[] = [];
  for (let node: string | undefined = to; node !== undefined; node = before.get(node)) way.push(node);
  return way.reverse();
}

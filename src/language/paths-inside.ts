// Which nodes texts name something inside of: where such a node is one operator, it must be opened before they can be asked.

interface Asked {
  /** Instance path that it belongs to; '' for the whole graph. */
  readonly path: string;
  /** Of a breakpoint. */
  readonly condition?: string;
  readonly log?: string;
  /** Of a watch. */
  readonly expression?: string;
}

/** Only where a word begins: from within a long one it would be tried from every letter. */
const pathWithParts = /(?<![\w[\]])[A-Za-z_][\w[\]]*(?:\/[A-Za-z_][\w[\]]*)+/g;

/** Paths, without times, of all that these breakpoints and watches stand or name something inside of; sorted. */
export function pathsInside(asked: readonly Asked[]): readonly string[] {
  const inside = new Set<string>();
  for (const { path, condition = '', log = '', expression = '' } of asked) {
    const named = `${condition} ${log} ${expression}`.match(pathWithParts) ?? [];
    for (const each of [path, ...named]) {
      const parts = each.replace(/\[\d+\]/g, '').split('/');
      for (let length = 1; length < parts.length; length++) inside.add(parts.slice(0, length).join('/'));
    }
  }
  return [...inside].sort();
}

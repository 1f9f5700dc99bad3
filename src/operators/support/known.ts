// Ports whose numbers decide shapes: known when the graph is compiled, they take the place of the attribute of their name.

/** A list of whole numbers: sizes, dimensions, places. */
export function knownNumbers<const T extends string>(title: T) {
  return { title, dtype: 'int32', rank: [0, 1], optional: true, known: true } as const;
}

/** One number, as a scalar or as the only element of a list; or a list of numbers that need not be whole. */
export function knownNumber<const T extends string>(title: T) {
  return { title, dtype: 'any', rank: [0, 1], optional: true, known: true } as const;
}

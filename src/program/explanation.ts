// Where one number came from: terms over elements of the node's inputs that, combined as `by` says, give the number.

export interface Factor {
  readonly port: string;
  /** Flat index into that port's tensor. */
  readonly index: number;
  readonly value: number;
}

export interface Term {
  /** The term's own number, e.g. x·w. */
  readonly value: number;
  readonly factors: readonly Factor[];
  readonly label?: string;
}

/** A quantity with a name of its own on the way to the number: a gate, a mean. */
export interface Part {
  readonly label: string;
  readonly value: number;
}

export interface Explanation {
  /** sum: Σ terms; mean: Σ terms / count; max, min: the extreme term; product: Π terms; function: `f` of the one or few factors. */
  readonly by: 'sum' | 'mean' | 'max' | 'min' | 'product' | 'function';
  readonly terms: readonly Term[];
  /** The element itself. */
  readonly result: number;
  /** In words or symbols with the numbers filled in: `max(0, -1.5) = 0`. */
  readonly text: string;
  readonly parts?: readonly Part[];
  /** Where the same number stands in the operator's expansion: `node.port` there, flat index and index of each dimension. */
  readonly inside?: { readonly value: string; readonly index: number; readonly at: readonly number[] };
}

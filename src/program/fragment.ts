// A piece of graph as data, free of the graph room: what `expand` gives and blocks are elaborated from.

export interface FragmentNode {
  readonly id: string;
  readonly op: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly position?: readonly [number, number];
}

export interface Fragment {
  readonly nodes: readonly FragmentNode[];
  /** `from`: `id.port` or `in.<port>`; `to`: `id.port` or `out.<port>`. */
  readonly edges: readonly { readonly from: string; readonly to: string }[];
}

import { defaultTraining } from '../../graph/default-training.ts';
import { graphFormat, graphVersion } from '../../graph/graph-format.ts';
import type { GraphFile } from '../../graph/schema.ts';

/** A graph with nothing in it. */
export function emptyGraph(name = 'Untitled'): GraphFile {
  return {
    format: graphFormat,
    version: graphVersion,
    name,
    seed: 0,
    nodes: [],
    edges: [],
    blocks: {},
    notes: [],
    training: defaultTraining(),
  };
}

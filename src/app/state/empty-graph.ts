import { defaultTraining } from '../../graph/read-training.ts';
import { type GraphFile, graphFormat, graphVersion } from '../../graph/schema.ts';

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

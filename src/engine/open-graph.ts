// The graph that is open, as every part of the engine finds it. opening.ts puts another in its place; what moves the run says how
// far it is.
import type { Debug, Project } from './project.ts';

export interface OpenGraph {
  project: Project | null;
  /** The debugger of the project; null where nothing can run. */
  readonly debug: Debug | null;
  /** The page's number of the graph, under which every answer goes. */
  revision: number;
  /** Paths of the nodes that the debugger steps inside. */
  expanded: readonly string[];
  /** Iterations done; remembered while nothing can run. */
  iteration: number;
  /** There are numbers that neither seed nor training gave. */
  given: boolean;
  /** Among them those of a file. */
  loaded: boolean;
  /** How often numbers were written: tells states apart that are alike in revision and iteration. */
  writes: number;
}

/** As the engine begins: without a graph. */
export function createOpenGraph(): OpenGraph {
  return {
    project: null,
    get debug() {
      return this.project?.debug ?? null;
    },
    revision: -1,
    expanded: [],
    iteration: 0,
    given: false,
    loaded: false,
    writes: 0,
  };
}

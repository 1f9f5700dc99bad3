// `--data SOURCE[=path]`: puts a data set in place of the graph's own and binds it; files are read from the path.
import { chooseData as choose, type DataShelf, type GraphFile } from '../index.ts';
import { settle } from './failure.ts';
import { readDataFiles } from './files.ts';

/**
 * The graph with the data that `--data` names: a source, or `source=path` with files to read. What is wrong with it fails the
 * command; the rest goes to `warn`.
 */
export function chooseData(
  graph: GraphFile,
  choice: string | undefined,
  shelf: DataShelf,
  warn: (line: string) => void,
): GraphFile {
  if (choice === undefined) return graph;
  const equals = choice.indexOf('=');
  const [source, path] = equals < 0 ? [choice, undefined] : [choice.slice(0, equals), choice.slice(equals + 1)];
  const chosen = choose(graph, path === undefined ? { source } : { source, files: readDataFiles(path) }, shelf);
  settle(chosen.diagnostics, warn);
  return chosen.graph;
}

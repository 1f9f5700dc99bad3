// What the text in the editor is worth: the graph it holds, or what keeps it from being one, with places to mark.
import { locatePointer } from '../../graph/json-text.ts';
import type { ReadResult } from '../../graph/read-graph.ts';
import type { GraphFile } from '../../graph/schema.ts';
import { type Diagnostic, hasErrors } from '../../tensor/diagnostic.ts';
import type { Mark } from './monaco.ts';

export interface CodeReading {
  /** null while the text does not read well: the last good graph stays. */
  readonly graph: GraphFile | null;
  readonly marks: readonly Mark[];
}

/** @param result what the reader made of the text */
export function graphText(text: string, { graph, diagnostics }: ReadResult): CodeReading {
  return {
    graph: hasErrors(diagnostics) ? null : graph,
    marks: diagnostics.map((each) => markOf(text, each)),
  };
}

/** Compiler's faults of nodes at the top of the graph, at their place in the text. */
export function nodeMarks(text: string, graph: GraphFile, problems: readonly Diagnostic[]): readonly Mark[] {
  return problems.flatMap((each) => {
    const index = graph.nodes.findIndex(({ id }) => id === each.at.path);
    if (index < 0 || each.severity === 'info') return [];
    const attribute = each.at.attribute === undefined ? '' : `/attributes/${each.at.attribute}`;
    return [markOf(text, { ...each, at: { json: `/nodes/${index}${attribute}` } })];
  });
}

/** Where a fault stands in the text. */
export function markOf(text: string, { at, message, hint, severity }: Diagnostic): Mark {
  const told = hint === undefined ? message : `${message} ${hint}`;
  if (at.line !== undefined && at.column !== undefined) {
    const place = { line: at.line, column: at.column };
    return { from: place, to: { ...place, column: place.column + 1 }, message: told, severity };
  }
  const range = locatePointer(text, at.json ?? '');
  const start = { line: 1, column: 1 };
  // A whole object would colour many lines: its first line is enough.
  const from = range?.from ?? start;
  const to =
    range === undefined || range.to.line !== from.line ? { line: from.line, column: from.column + 1 } : range.to;
  return { from, to, message: told, severity };
}

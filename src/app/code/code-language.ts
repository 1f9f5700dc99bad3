// The languages in which the graph can be written: the whole of it as JSON, or its arithmetic as formulas.
import { formulasFromGraph, graphFromFormulas } from '../../graph/formula.ts';
import type { ReadResult } from '../../graph/read-graph.ts';
import type { GraphFile, GraphNode, Training } from '../../graph/schema.ts';
import { writeGraph } from '../../graph/write-graph.ts';
import { type Diagnostic, hasErrors } from '../../tensor/diagnostic.ts';
import type { CodeLanguageId } from '../state/view-store.ts';
import { laterTexts } from '../ui/later-texts.ts';
import { type CodeReading, graphText, markOf, nodeMarks } from './graph-text.ts';
import type { Mark } from './monaco.ts';

export interface CodeLanguage {
  readonly id: CodeLanguageId;
  readonly texts: (typeof laterTexts.code)['languages'][CodeLanguageId];
  /** null: the graph holds more than this language can say. */
  print(graph: GraphFile): string | null;
  /** @param current what the text leaves unsaid is taken from it. null: there is no engine to read it */
  read(text: string, current: GraphFile, readGraph: ReadGraph): Promise<CodeReading | null>;
  /** Where the compiler's faults stand in the text. */
  marks(text: string, graph: GraphFile, problems: readonly Diagnostic[]): readonly Mark[];
}

export type ReadGraph = (source: unknown) => Promise<ReadResult | null>;

const json: CodeLanguage = {
  id: 'json',
  texts: laterTexts.code.languages.json,
  print: writeGraph,
  async read(text, _, readGraph) {
    const result = await readGraph(text);
    return result && graphText(text, result);
  },
  marks: nodeMarks,
};

const formulas: CodeLanguage = {
  id: 'formulas',
  texts: laterTexts.code.languages.formulas,
  print: formulasFromGraph,
  async read(text, current) {
    const { nodes, edges, diagnostics } = graphFromFormulas(text, current.nodes);
    return {
      graph: hasErrors(diagnostics) ? null : { ...current, nodes, edges, training: withLoss(current.training, nodes) },
      marks: diagnostics.map((each) => markOf(text, each)),
    };
  },
  marks: (text, _, problems) =>
    problems.flatMap((each) => {
      const id = each.at.path;
      const lines = text.split('\n');
      const index = id === undefined ? -1 : lines.findIndex((line) => line.split('=')[0]?.trim() === id);
      if (index < 0 || each.severity === 'info') return [];
      return [
        {
          from: { line: index + 1, column: 1 },
          to: { line: index + 1, column: (lines[index] as string).length + 1 },
          message: each.message,
          severity: each.severity,
        },
      ];
    }),
};

/** A loss that the formulas do not give any more gives way to what they give last. */
function withLoss(training: Training, nodes: readonly GraphNode[]): Training {
  const { loss, ...rest } = training;
  if (loss === undefined || nodes.some(({ id }) => loss === id || loss.startsWith(`${id}.`))) return training;
  const last = nodes.findLast(({ op }) => op !== 'input' && op !== 'constant');
  return last === undefined ? rest : { ...rest, loss: `${last.id}.y` };
}

export const codeLanguages: { readonly [Id in CodeLanguageId]: CodeLanguage } = { json, formulas };

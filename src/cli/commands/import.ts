// chainrule import: an ONNX model as a graph file, and its weights as a file of their own.
import { writeFileSync } from 'node:fs';
import { writeGraph } from '../../index.ts';
import { CommandFailure } from '../failure.ts';
import { readGraphFile, writeTensors } from '../files.ts';
import type { Command } from '../options.ts';

export const importModel: Command = {
  name: 'import',
  summary: 'Writes an ONNX model as a graph and its weights.',
  positional: 'MODEL',
  options: [
    { name: 'out', value: 'F.json', help: 'where to write the graph' },
    { name: 'weights-out', value: 'F', help: 'where to write the weights: .safetensors or .npz' },
  ],
  async run(path, options, io) {
    const out = options.text('out');
    if (out === undefined) throw new CommandFailure('import needs --out F.json', 2);
    const { graph, weights } = readGraphFile(path, (line) => io.err(`${line}\n`));
    try {
      writeFileSync(out, writeGraph(graph));
    } catch (fault) {
      throw new CommandFailure(`${out}: ${(fault as Error).message}`);
    }
    const weightsOut = options.text('weights-out');
    if (weightsOut !== undefined) writeTensors(weightsOut, weights);
    io.out(
      `${out}: ${graph.nodes.length} nodes; ${weights.size} tensors${weightsOut === undefined ? '' : ` in ${weightsOut}`}\n`,
    );
  },
};

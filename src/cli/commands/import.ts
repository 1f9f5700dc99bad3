// chainrule import: an ONNX model as a graph file, and its weights as a file of their own. What is not supported is listed by
// node, stands in the graph as an unknown node, and makes the command end with 1; the rest is written all the same.
import { writeFileSync } from 'node:fs';
import { writeGraph } from '../../index.ts';
import { CommandFailure, settle } from '../failure.ts';
import { openFile, readTensors, writeTensors } from '../files.ts';
import type { Command } from '../options.ts';
import { sizes } from '../sizes.ts';

export const importModel: Command = {
  name: 'import',
  summary: 'Writes an ONNX model as a graph and its weights.',
  positional: 'MODEL',
  options: [
    { name: 'out', value: 'F.json', help: 'where to write the graph' },
    { name: 'feeds', value: 'F', help: 'numbers of inputs that decide shapes, by input' },
    { name: 'dim', value: 'NAME=SIZE', help: 'size that the model leaves open, e.g. height=224', multiple: true },
    { name: 'weights-out', value: 'F', help: 'where to write the weights: .safetensors or .npz' },
  ],
  async run(path, options, io) {
    const out = options.text('out');
    if (out === undefined) throw new CommandFailure('import needs --out F.json', 2);
    const warn = (line: string) => io.err(`${line}\n`);
    const feeds = options.text('feeds');
    const { graph, weights, diagnostics } = openFile(path, {
      dims: sizes(options.list('dim')),
      ...(feeds === undefined ? {} : { feeds: readTensors(feeds, warn) }),
    });
    if (graph === null) {
      settle(diagnostics, warn, path);
      throw new CommandFailure(`${path} is a plan; this command needs a model`);
    }
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
    settle(diagnostics, warn, path);
  },
};

// chainrule export: a graph with its weights as an ONNX model, for other programs to run.
import { writeFileSync } from 'node:fs';
import { compile, createSession, operators, writeOnnx } from '../../index.ts';
import { CommandFailure, settle } from '../failure.ts';
import { readGraphFile, readTensors } from '../files.ts';
import type { Command } from '../options.ts';
import { sizes } from '../sizes.ts';
import { formatBytes } from '../table.ts';

export const exportModel: Command = {
  name: 'export',
  summary: 'Writes a graph and its weights as an ONNX model for inference.',
  positional: 'GRAPH',
  options: [
    { name: 'out', value: 'F.onnx', help: 'where to write the model' },
    {
      name: 'weights',
      value: 'F',
      help: 'parameters and running statistics: .safetensors, .npz or .npy; default: those that came along, or fresh ones',
    },
    {
      name: 'outputs',
      value: 'NAME,…',
      help: 'values to give, e.g. fc.y,loss.y; default: what nothing but losses uses',
      multiple: true,
    },
    { name: 'seed', value: 'N', help: 'for parameters without weights, in place of the graph’s' },
    { name: 'dim', value: 'NAME=SIZE', help: 'size of a symbolic dimension; N=4 fixes the batch', multiple: true },
  ],
  async run(path, options, io) {
    const warn = (line: string) => io.err(`${line}\n`);
    const out = options.text('out');
    if (out === undefined) throw new CommandFailure('export needs --out F.onnx', 2);
    const seed = options.number('seed', { least: 0, whole: true });
    const outputs = options.list('outputs');
    const dims = sizes(options.list('dim'));
    const file = options.text('weights');
    const { graph, weights } = readGraphFile(path, warn);

    const compiled = compile(graph, { mode: 'eval', retain: [], dims, ...batchOf(dims) });
    settle(compiled.diagnostics, warn);
    const session = createSession(compiled, seed === undefined ? {} : { seed });
    const given = file === undefined ? weights : readTensors(file, warn);
    if (given.size > 0) settle(session.loadWeights(given), warn);
    const written = writeOnnx(graph, {
      tensors: session.weights(),
      operators,
      dims,
      ...(outputs.length > 0 ? { outputs } : {}),
    });
    session.dispose();
    settle(written.diagnostics, warn);
    if (!written.bytes) throw new CommandFailure(`${path}: nothing to write`);
    try {
      writeFileSync(out, written.bytes);
    } catch (fault) {
      throw new CommandFailure(`${out}: ${(fault as Error).message}`);
    }
    const names = (list: readonly string[]) => list.join(', ') || 'none';
    io.out(
      `${out}: ${formatBytes(written.bytes.length)}, inputs ${names(written.inputs)}, outputs ${names(written.outputs)}\n`,
    );
  },
};

function batchOf({ N: batch }: Readonly<Record<string, number>>) {
  return batch === undefined ? {} : { batch };
}

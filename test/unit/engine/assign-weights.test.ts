import { describe, expect, it } from 'vitest';
import { compile } from '../../../src/compiler/compile.ts';
import { assignWeights } from '../../../src/engine/numbers/assign-weights.ts';
import { readGraph } from '../../../src/graph/read-graph.ts';
import type { GraphFile } from '../../../src/graph/schema.ts';
import { createKernelLibrary } from '../../../src/kernels/library.ts';
import { optimizers } from '../../../src/operators/optimizers/registry.generated.ts';
import { operators } from '../../../src/operators/registry.generated.ts';
import type { Plan } from '../../../src/program/plan.ts';
import { type BoundPlan, createWorkspace } from '../../../src/runtime/workspace.ts';
import { formatDiagnostic } from '../../../src/tensor/diagnostic.ts';
import { tensor } from '../../../src/tensor/tensor.ts';

const graph = {
  format: 'chainrule/graph',
  version: 1,
  nodes: [
    { id: 'x', op: 'input', attributes: { shape: [1, 2] } },
    { id: 'body', op: 'block', block: 'two' },
    { id: 'head', op: 'linear', attributes: { out_features: 1, bias: false } },
  ],
  edges: [
    { from: 'x.y', to: 'body.x' },
    { from: 'body.y', to: 'head.x' },
  ],
  blocks: {
    two: {
      inputs: [{ name: 'x' }],
      outputs: ['y'],
      nodes: [{ id: 'fc', op: 'linear', attributes: { out_features: 3 } }],
      edges: [
        { from: 'in.x', to: 'fc.x' },
        { from: 'fc.y', to: 'out.y' },
      ],
    },
  },
};

function bind(file: unknown = graph): BoundPlan {
  const library = createKernelLibrary();
  const { plan } = compile(
    readGraph(JSON.stringify(file)).graph as GraphFile,
    { operators, optimizers },
    { mode: 'eval', retain: [], gradients: 'none', workspaceBytes: library.workspaceBytes },
  );
  return createWorkspace([plan as Plan], { library }).plans[0] as BoundPlan;
}

const weight = tensor([3, 2], [1, 2, 3, 4, 5, 6]);
const bias = tensor([3], [7, 8, 9]);
const head = tensor([1, 3], [1, 0, 1]);

describe('assignWeights', () => {
  it.each([
    ['in a block', 'layer1', '_0', 'layer1/_0'],
    ['in an id', 'layer1', 'conv_1x1', 'layer1/conv_1x1'],
  ])('takes names that are no ids here, %s', (_, block, id, owner) => {
    const renamed = JSON.parse(JSON.stringify(graph).replaceAll('body', block).replaceAll('fc', id));
    const bound = bind(renamed);
    const theirs = `${block}.${id.replace('_', id.startsWith('_') ? '' : '.')}`;
    const found = assignWeights(
      bound,
      new Map([
        [`${theirs}.weight`, weight],
        [`${theirs}.bias`, bias],
        ['head.weight', head],
      ]),
    );
    expect(found.map(formatDiagnostic)).toEqual([]);
    expect([...bound.read(`${owner}.weight`)]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it.each([
    ['slashes', ['body/fc.weight', 'body/fc.bias', 'head.weight']],
    ['dots', ['body.fc.weight', 'body.fc.bias', 'head.weight']],
    ['a segment before all', ['module.body.fc.weight', 'module.body.fc.bias', 'module.head.weight']],
  ])('takes names with %s', (_, [a, b, c]) => {
    const bound = bind();
    const found = assignWeights(bound, new Map([[a as string, weight], [b as string, bias], [c as string, head]])); // biome-ignore format: pairs
    expect(found).toEqual([]);
    expect([...bound.read('body/fc.weight')]).toEqual([1, 2, 3, 4, 5, 6]);
    expect([...bound.read('head.weight')]).toEqual([1, 0, 1]);
  });

  it('names shapes that differ, both; what is unknown, with the name that is near; what is missing', () => {
    const bound = bind();
    const before = [...bound.read('body/fc.weight')];
    const found = assignWeights(
      bound,
      new Map([
        ['body.fc.weight', tensor([2, 3], [1, 2, 3, 4, 5, 6])],
        ['body.fc.bais', bias],
        ['optimizer', tensor([], [1])],
      ]),
    );
    expect(found.map(formatDiagnostic)).toEqual([
      'error: `body.fc.weight` is [2, 3] in the file, the graph needs [3, 2] (E_WEIGHT_SHAPE)',
      "warning: the file's `body.fc.bais` [3] fits no parameter of this graph (W_WEIGHT_UNKNOWN) Hint: Did you mean `body/fc.bias` [3]?",
      "warning: the file's `optimizer` [] fits no parameter of this graph (W_WEIGHT_UNKNOWN)",
      'warning: the file has no `body/fc.bias` [3]: it keeps its numbers (W_WEIGHT_MISSING)',
      'warning: the file has no `head.weight` [1, 3]: it keeps its numbers (W_WEIGHT_MISSING)',
    ]);
    expect([...bound.read('body/fc.weight')]).toEqual(before);
  });

  it('refuses a file of another network', () => {
    const found = assignWeights(bind(), new Map([['layer4.conv2.weight', weight]]));
    expect(found.filter(({ severity }) => severity === 'error').map(({ code }) => code)).toEqual(['E_WEIGHT_NONE']);
  });

  it('says when a file holds nothing, and passes over the counter of PyTorch’s batch norm', () => {
    expect(assignWeights(bind(), new Map()).map(({ code }) => code)).toEqual(['W_WEIGHT_MISSING']);
    const all = new Map([['body.fc.weight', weight], ['body.fc.bias', bias], ['head.weight', head], ['bn.num_batches_tracked', tensor([], [1], 'int32')]]); // biome-ignore format: pairs
    expect(assignWeights(bind(), all)).toEqual([]);
  });
});

// The folders of reference material, in the order of the report, each with its cases and how many of them must pass.

import { onnxNodeCases } from '../onnx/node-tests.ts';
import type { Suite } from './case.ts';
import { initializerCases } from './initializer-cases.ts';
import { modelCases } from './model-cases.ts';
import { networkCases } from './network-cases.ts';
import { operatorCases } from './operator-cases.ts';
import { optimizerCases } from './optimizer-cases.ts';

const all = (found: number) => found;

export const suites: readonly Suite[] = [
  { folder: 'golden/operators', bar: all, cases: operatorCases },
  { folder: 'golden/optimizers', bar: all, cases: optimizerCases },
  { folder: 'golden/initializers', bar: all, cases: initializerCases },
  { folder: 'golden/networks', bar: all, cases: networkCases },
  // onnxruntime-web passes 449 of the 479 listed.
  { folder: 'onnx-node-tests', bar: (found) => Math.ceil(found * (465 / 479)), cases: onnxNodeCases },
  { folder: 'models', bar: all, cases: modelCases },
];

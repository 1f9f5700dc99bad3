// The folders of reference material, in the order of the report, each with its cases and how many of them must pass.
import type { Suite } from './case.ts';
import { initializerCases } from './initializer-cases.ts';
import { networkCases } from './network-cases.ts';
import { operatorCases } from './operator-cases.ts';
import { optimizerCases } from './optimizer-cases.ts';

const all = (found: number) => found;

export const suites: readonly Suite[] = [
  { folder: 'golden/operators', bar: all, cases: operatorCases },
  { folder: 'golden/optimizers', bar: all, cases: optimizerCases },
  { folder: 'golden/initializers', bar: all, cases: initializerCases },
  { folder: 'golden/networks', bar: all, cases: networkCases },
];

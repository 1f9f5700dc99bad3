import { conv64 } from './conv.mjs';
import { gemm } from './gemm.mjs';
import { lenet5 } from './lenet.mjs';
import { lstm128 } from './lstm.mjs';
import { mlp } from './mlp.mjs';
import { resnet20 } from './resnet.mjs';

/** @type {import('./nets.mjs').Workload[]} */
export const workloads = [gemm, lenet5, resnet20, conv64, lstm128, mlp];

/** @param {string} name `W2 step` */
export function findCase(name) {
  for (const workload of workloads) {
    for (const each of workload.cases) if (`${workload.id} ${each.id}` === name) return each;
  }
  throw new Error(`no case called ${name}`);
}

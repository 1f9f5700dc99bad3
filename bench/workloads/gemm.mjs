import { netBuilder } from './nets.mjs';

function product(size) {
  const net = netBuilder({ a: [size, size], b: [size, size] });
  net.add('matmul', {}, ['a', 'b']);
  return { id: `${size}³`, kind: 'forward', net: net.done(), flops: 2 * size ** 3 };
}

/** @type {import('./nets.mjs').Workload} */
export const gemm = { id: 'W1', title: 'Matrix product', cases: [product(512), product(1024)] };

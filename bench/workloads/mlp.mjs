import { netBuilder } from './nets.mjs';

const batch = 64;

function perceptron() {
  const net = netBuilder({ x: [batch, 784] });
  for (const width of [256, 128]) {
    net.add('linear', { out_features: width });
    net.add('relu');
  }
  net.add('linear', { out_features: 10 });
  return net.done();
}

const flops = 2 * batch * (784 * 256 + 256 * 128 + 128 * 10);

/** @type {import('./nets.mjs').Workload} */
export const mlp = {
  id: 'W6',
  title: 'MLP 784-256-128-10, batch 64',
  cases: [
    { id: 'forward', kind: 'forward', net: perceptron(), flops },
    { id: 'step', kind: 'step', net: perceptron(), flops: 3 * flops, classes: 10 },
  ],
};

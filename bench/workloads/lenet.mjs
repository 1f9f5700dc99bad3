import { convFlops, netBuilder } from './nets.mjs';

const batch = 32;

function lenet() {
  const net = netBuilder({ x: [batch, 1, 28, 28] });
  for (const [channels, padding] of [
    [6, 2],
    [16, 0],
  ]) {
    net.add('conv2d', { out_channels: channels, kernel_size: [5, 5], padding: [padding, padding] });
    net.add('relu');
    net.add('max_pool2d', { kernel_size: [2, 2], stride: [2, 2] });
  }
  net.add('flatten');
  for (const width of [120, 84]) {
    net.add('linear', { out_features: width });
    net.add('relu');
  }
  net.add('linear', { out_features: 10 });
  return net.done();
}

const flops =
  convFlops(batch, 1, 6, 28, 5) + convFlops(batch, 6, 16, 10, 5) + 2 * batch * (400 * 120 + 120 * 84 + 84 * 10);

/** @type {import('./nets.mjs').Workload} */
export const lenet5 = {
  id: 'W2',
  title: 'LeNet-5, batch 32',
  cases: [
    { id: 'forward', kind: 'forward', net: lenet(), flops },
    { id: 'step', kind: 'step', net: lenet(), flops: 3 * flops, classes: 10 },
  ],
};

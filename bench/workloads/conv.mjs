import { convFlops, netBuilder } from './nets.mjs';

function conv() {
  const net = netBuilder({ x: [1, 64, 56, 56] });
  net.add('conv2d', { out_channels: 64, kernel_size: [3, 3], padding: [1, 1], bias: false });
  return net.done();
}

const flops = convFlops(1, 64, 64, 56, 3);

/** @type {import('./nets.mjs').Workload} */
export const conv64 = {
  id: 'W4',
  title: 'Convolution 3×3, 64→64, 56×56',
  cases: [
    { id: 'forward', kind: 'forward', net: conv(), flops },
    { id: 'forward + backward', kind: 'gradients', net: conv(), flops: 3 * flops },
  ],
};

import { convFlops, netBuilder } from './nets.mjs';

const batch = 16;

/** CIFAR ResNet-20 with 1×1 convolutions where the shape changes. */
function resnet() {
  const net = netBuilder({ x: [batch, 3, 32, 32] });
  let flops = 0;
  const conv = (inChannels, outChannels, size, kernel, stride, from) => {
    const padding = (kernel - 1) / 2;
    const id = net.add(
      'conv2d',
      {
        out_channels: outChannels,
        kernel_size: [kernel, kernel],
        padding: [padding, padding],
        stride: [stride, stride],
        bias: false,
      },
      from && [from],
    );
    flops += convFlops(batch, inChannels, outChannels, size, kernel);
    return net.add('batch_norm', {}, [id]);
  };
  conv(3, 16, 32, 3, 1);
  net.add('relu');
  let channels = 16;
  let size = 32;
  for (const width of [16, 32, 64]) {
    for (let block = 0; block < 3; block++) {
      const start = net.last;
      const stride = width !== channels ? 2 : 1;
      size /= stride;
      conv(channels, width, size, 3, stride);
      net.add('relu');
      const main = conv(width, width, size, 3, 1);
      const shortcut = stride === 1 ? start : conv(channels, width, size, 1, stride, start);
      net.add('add', {}, [main, shortcut]);
      net.add('relu');
      channels = width;
    }
  }
  net.add('global_avg_pool2d');
  net.add('flatten');
  net.add('linear', { out_features: 10 });
  return { net: net.done(), flops };
}

const { net, flops } = resnet();

/** @type {import('./nets.mjs').Workload} */
export const resnet20 = {
  id: 'W3',
  title: 'CIFAR ResNet-20, batch 16',
  cases: [
    { id: 'forward', kind: 'forward', net, flops },
    { id: 'step', kind: 'step', net, flops: 3 * flops, classes: 10 },
  ],
};

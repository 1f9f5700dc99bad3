// Large structures, for the speed of the compiler and the size of the arena rather than for that of kernels.
import { netBuilder } from './nets.mjs';

/** ResNet-50 at 224×224. */
export function resnet50(batch = 1) {
  const net = netBuilder({ x: [batch, 3, 224, 224] });
  const conv = (width, kernel, stride, from) => {
    const padding = (kernel - 1) / 2;
    const pairs = { kernel_size: [kernel, kernel], padding: [padding, padding], stride: [stride, stride] };
    return net.add('batch_norm', {}, [
      net.add('conv2d', { out_channels: width, ...pairs, bias: false }, from && [from]),
    ]);
  };
  conv(64, 7, 2);
  net.add('relu');
  net.add('max_pool2d', { kernel_size: [3, 3], stride: [2, 2], padding: [1, 1] });
  [3, 4, 6, 3].forEach((blocks, stage) => {
    const width = 64 * 2 ** stage;
    for (let block = 0; block < blocks; block++) {
      const start = net.last;
      const stride = block === 0 && stage > 0 ? 2 : 1;
      conv(width, 1, 1);
      net.add('relu');
      conv(width, 3, stride);
      net.add('relu');
      const main = conv(4 * width, 1, 1);
      const shortcut = block === 0 ? conv(4 * width, 1, stride, start) : start;
      net.add('add', {}, [main, shortcut]);
      net.add('relu');
    }
  });
  net.add('global_avg_pool2d');
  net.add('flatten');
  net.add('linear', { out_features: 1000 });
  return net.done();
}

/** VGG-16 at 224×224. */
export function vgg16(batch = 1) {
  const net = netBuilder({ x: [batch, 3, 224, 224] });
  for (const [width, layers] of [
    [64, 2],
    [128, 2],
    [256, 3],
    [512, 3],
    [512, 3],
  ]) {
    for (let layer = 0; layer < layers; layer++) {
      net.add('conv2d', { out_channels: width, kernel_size: [3, 3], padding: [1, 1] });
      net.add('relu');
    }
    net.add('max_pool2d', { kernel_size: [2, 2], stride: [2, 2] });
  }
  net.add('flatten');
  for (const width of [4096, 4096]) {
    net.add('linear', { out_features: width });
    net.add('relu');
  }
  net.add('linear', { out_features: 1000 });
  return net.done();
}

/** A row of small layers: as many nodes as asked. */
export function chain(count) {
  const net = netBuilder({ x: [4, 16] });
  for (let i = 1; i < count; i++) {
    if (i % 3 === 0) net.add('linear', { out_features: 16 });
    else net.add(i % 3 === 1 ? 'relu' : 'tanh');
  }
  return net.done();
}

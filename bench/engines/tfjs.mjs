// A case on TensorFlow.js with its WebAssembly backend, one thread; gradients by its own tape, steps by its momentum optimiser.
import { fromLast, lastShape, toLast, transpose } from '../lib/channels-last.mjs';
import { packages } from '../lib/packages.mjs';
import manifest from '../package.json';
import { labels, learningRate, momentum, pattern, tensorsOf } from '../workloads/tensors.mjs';

export const version = `@tensorflow/tfjs ${manifest.dependencies['@tensorflow/tfjs']}`;

let tf;
const size = (shape) => shape.reduce((product, each) => product * each, 1);

/** @returns {Promise<import('../lib/host.mjs').Subject>} */
export async function createSubject({ net, kind, classes }) {
  await startBackend();
  const { shapes, parameters } = tensorsOf(net);
  const layouts = new Map([...parameters.values()].map((each) => [each.name, layoutOf(net, shapes, each)]));
  const variables = new Map();
  for (const [name, { shape, theirs }] of layouts) {
    variables.set(name, tf.variable(tf.tensor(theirs, shape), parameters.get(name).trained, name));
  }
  const inputs = new Map();
  for (const [id, shape] of Object.entries(net.inputs)) {
    inputs.set(id, tf.tensor(toLast(pattern(size(shape)), shape), lastShape(shape)));
  }
  const ours = (name, values) => layouts.get(name)?.ours(values) ?? fromLast(values, net.inputs[name]);

  if (kind === 'forward') {
    let y;
    return {
      run() {
        y?.dispose();
        y = tf.tidy(() => apply(net, shapes, variables, inputs, false));
        // Nothing is left to wait for: its kernels run at once.
      },
      read: () => fromLast(y.dataSync(), shapes.get(net.output)),
    };
  }

  if (kind === 'gradients') {
    const shape = shapes.get(net.output);
    const seed = tf.tensor(toLast(pattern(size(shape)), shape), lastShape(shape));
    const names = [...inputs.keys(), ...variables.keys()];
    const compute = tf.valueAndGrads((...values) => {
      const given = new Map(names.map((name, i) => [name, values[i]]));
      return tf.keep(apply(net, shapes, given, given, true));
    });
    let result;
    return {
      run() {
        if (result) tf.dispose([result.value, result.grads]);
        result = compute([...inputs.values(), ...variables.values()], seed);
      },
      read: (name) =>
        name === 'y'
          ? fromLast(result.value.dataSync(), shape)
          : ours(name.slice(5, -1), result.grads[names.indexOf(name.slice(5, -1))].dataSync()),
    };
  }

  const [[, x]] = [...inputs];
  const target = tf.oneHot(tf.tensor1d(labels(x.shape[0], classes), 'int32'), classes);
  const optimizer = tf.train.momentum(learningRate, momentum);
  let loss;
  return {
    run() {
      loss?.dispose();
      loss = optimizer.minimize(
        () => tf.losses.softmaxCrossEntropy(target, apply(net, shapes, variables, inputs, true)),
        true,
      );
    },
    read: (name) => (name === 'loss' ? loss.dataSync() : ours(name, variables.get(name).dataSync())),
  };
}

async function startBackend() {
  let backend;
  if (typeof process === 'object') {
    // Its build for Node asks Node for modules, so it cannot come out of a bundle; what it fetches must be an address of a file.
    const { createRequire } = await import(/* @vite-ignore */ 'node:module');
    const require = createRequire(`${packages}x.js`);
    [tf, backend] = [require('@tensorflow/tfjs'), require('@tensorflow/tfjs-backend-wasm')];
  } else {
    [tf, backend] = [await import('@tensorflow/tfjs'), await import('@tensorflow/tfjs-backend-wasm')];
    backend.setWasmPaths(`${packages}@tensorflow/tfjs-backend-wasm/dist/`);
  }
  backend.setThreadsCount(1);
  await tf.setBackend('wasm');
  await tf.ready();
}

/** How a parameter lies there, and back. */
function layoutOf(net, shapes, { name, shape, values }) {
  const [id, port] = name.split('.');
  const { op, from } = net.nodes.find((each) => each.id === id);
  if (op === 'conv2d' && port === 'weight') {
    const theirs = [shape[2], shape[3], shape[1], shape[0]];
    return {
      shape: theirs,
      theirs: transpose(values, shape, [2, 3, 1, 0]),
      ours: (data) => transpose(data, theirs, [3, 2, 0, 1]),
    };
  }
  const before = net.nodes.find((each) => each.id === from[0]);
  if (shape.length === 2) {
    // [in, out], as its fast product wants it; behind a flattened image with the channels last.
    const turned = [shape[1], shape[0]];
    if (before?.op !== 'flatten') {
      return {
        shape: turned,
        theirs: transpose(values, shape, [1, 0]),
        ours: (data) => transpose(data, turned, [1, 0]),
      };
    }
    const [, channels, height, width] = shapes.get(before.from[0]);
    return {
      shape: turned,
      theirs: transpose(values, [shape[0], channels, height, width], [2, 3, 1, 0]),
      ours: (data) => transpose(data, [height, width, channels, shape[0]], [3, 2, 0, 1]),
    };
  }
  return { shape, theirs: values, ours: (data) => data };
}

function apply(net, shapes, parameters, inputs, train) {
  const place = new Map(inputs);
  for (const { id, op, from, attributes } of net.nodes) {
    const [x, other] = from.map((source) => place.get(source));
    const parameter = (port) => parameters.get(`${id}.${port}`);
    place.set(id, layers[op]({ x, other, shape: shapes.get(id), attributes, parameter, train }));
  }
  return place.get(net.output);
}

/** Its products of transposed factors are slow, so gradients are given as products of what has been transposed before. */
const product = (a, b) =>
  tf.customGrad((a, b, save) => {
    save([a, b]);
    return {
      value: tf.matMul(a, b),
      gradFunc: (dy, [a, b]) => [tf.matMul(dy, tf.transpose(b)), tf.matMul(tf.transpose(a), dy)],
    };
  })(a, b);

const layers = {
  matmul: ({ x, other }) => tf.matMul(x, other),
  linear: ({ x, parameter }) => tf.add(product(x, parameter('weight')), parameter('bias')),
  relu: ({ x }) => tf.relu(x),
  add: ({ x, other }) => tf.add(x, other),
  flatten: ({ x, shape }) => tf.reshape(x, shape),
  global_avg_pool2d: ({ x }) => tf.mean(x, [1, 2], true),
  max_pool2d: ({ x, attributes }) => tf.maxPool(x, attributes.kernel_size, attributes.stride, 'valid'),
  conv2d({ x, attributes, parameter }) {
    const { stride = [1, 1], padding = [0, 0], bias } = attributes;
    const around = [
      [0, 0],
      [padding[0], padding[0]],
      [padding[1], padding[1]],
      [0, 0],
    ];
    const y = tf.conv2d(x, parameter('weight'), stride, padding.some(Boolean) ? around : 'valid');
    return bias === false ? y : tf.add(y, parameter('bias'));
  },
  batch_norm({ x, attributes, parameter, train }) {
    const eps = attributes.eps ?? 1e-5;
    let [mean, variance] = [parameter('running_mean'), parameter('running_var')];
    if (train) {
      const now = tf.moments(x, [0, 1, 2]);
      const share = attributes.momentum ?? 0.1;
      const places = x.size / x.shape[3];
      mean.assign(tf.add(tf.mul(mean, 1 - share), tf.mul(now.mean, share)));
      variance.assign(tf.add(tf.mul(variance, 1 - share), tf.mul(now.variance, (share * places) / (places - 1))));
      ({ mean, variance } = now);
    }
    return tf.batchNorm(x, mean, variance, parameter('bias'), parameter('weight'), eps);
  },
  lstm({ x, shape, parameter }) {
    const [time, batch, input] = x.shape;
    const hidden = shape[2];
    const bias = tf.add(parameter('bias_ih_l0'), parameter('bias_hh_l0'));
    const flat = tf.reshape(x, [time * batch, input]);
    const all = tf.split(tf.add(product(flat, parameter('weight_ih_l0')), bias), time);
    const states = [];
    let h = tf.zeros([batch, hidden]);
    let c = h;
    for (const below of all) {
      const gates = tf.add(below, product(h, parameter('weight_hh_l0')));
      const [i, f, z, o] = tf.split(gates, 4, 1);
      c = tf.add(tf.mul(tf.sigmoid(f), c), tf.mul(tf.sigmoid(i), tf.tanh(z)));
      h = tf.mul(tf.sigmoid(o), tf.tanh(c));
      states.push(h);
    }
    return tf.stack(states);
  },
};

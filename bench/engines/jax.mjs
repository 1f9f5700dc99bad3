// A case on jax-js's WebAssembly backend, one thread: jitted where that is faster, gradients by its own differentiation.
import '../lib/one-thread.mjs';
import { blockUntilReady, defaultDevice, grad, init, jit, lax, nn, numpy as np } from '@jax-js/jax';
import manifest from '../package.json';
import { labels, learningRate, momentum, pattern, tensorsOf } from '../workloads/tensors.mjs';

export const version = `@jax-js/jax ${manifest.dependencies['@jax-js/jax']}`;

const size = (shape) => shape.reduce((product, each) => product * each, 1);
const array = (values, shape) => np.array(values).reshape(shape);
/** Calls take their arguments away; what is used again is passed as another reference. */
const kept = (tree) => Object.fromEntries(Object.entries(tree).map(([name, x]) => [name, x.ref]));
const mapped = (tree, change) => Object.fromEntries(Object.keys(tree).map((name) => [name, change(name)]));

/** @returns {Promise<import('../lib/host.mjs').Subject>} */
export async function createSubject(each) {
  await init('wasm');
  defaultDevice('wasm');
  const { net, kind, classes } = each;
  const { shapes, parameters } = tensorsOf(net);
  const context = { net, shapes, cells: createCells() };
  const all = [...parameters.values()];
  const taken = (trained) =>
    Object.fromEntries(
      all.filter((one) => one.trained === trained).map(({ name, values, shape }) => [name, array(values, shape)]),
    );
  const inputs = mapped(net.inputs, (id) => array(pattern(size(net.inputs[id])), net.inputs[id]));
  let [trained, state] = [taken(true), taken(false)];

  // Fused into what follows, a convolution is computed anew for every use: in a forward pass operator by operator is faster.
  const compiled = net.nodes.some(({ op }) => op === 'conv2d') ? (f) => f : jit;
  if (kind === 'forward') {
    const forward = compiled((parameters, inputs) => apply(context, parameters, inputs, false).y);
    const everything = { ...trained, ...state };
    let y;
    return {
      async run() {
        y?.dispose();
        y = await blockUntilReady(forward(kept(everything), kept(inputs)));
      },
      read: () => y.ref.data(),
    };
  }

  if (kind === 'gradients') {
    const seed = array(pattern(size(shapes.get(net.output))), shapes.get(net.output));
    const weighed = (asked, seed) => {
      const { y } = apply(context, asked, asked, true);
      return [y.ref.mul(seed).sum(), y];
    };
    const run = compiled(grad(weighed, { hasAux: true }));
    const asked = { ...trained, ...inputs };
    let gradients;
    let y;
    return {
      async run() {
        y?.dispose();
        for (const each of Object.values(gradients ?? {})) each.dispose();
        [gradients, y] = run(kept(asked), seed.ref);
        await blockUntilReady([gradients, y]);
      },
      read: (name) => (name === 'y' ? y : gradients[name.slice('grad('.length, -1)]).ref.data(),
    };
  }

  const [[input, x]] = Object.entries(inputs);
  const batch = shapes.get(input)[0];
  const oneHot = new Float32Array(batch * classes);
  labels(batch, classes).forEach((label, i) => {
    oneHot[i * classes + label] = 1;
  });
  const target = array(oneHot, [batch, classes]);
  const lossOf = (trained, state, x, target) => {
    const { y, next } = apply(context, { ...trained, ...state }, { [input]: x }, true);
    const loss = nn
      .logSoftmax(y, -1)
      .mul(target)
      .sum()
      .mul(-1 / batch);
    return [loss.ref, [loss, next]];
  };
  const gradient = grad(lossOf, { hasAux: true });
  const step = jit((trained, velocity, state, x, target) => {
    const [gradients, [loss, next]] = gradient(kept(trained), state, x, target);
    const faster = mapped(trained, (name) => velocity[name].mul(momentum).add(gradients[name]));
    const after = mapped(trained, (name) => trained[name].sub(faster[name].ref.mul(learningRate)));
    return [after, faster, next, loss];
  });
  let velocity = mapped(trained, (name) => np.zeros(parameters.get(name).shape));
  let loss;
  return {
    async run() {
      loss?.dispose();
      [trained, velocity, state, loss] = step(trained, velocity, state, x.ref, target.ref);
      await blockUntilReady([trained, loss]);
    },
    read: (name) => (name === 'loss' ? loss : (trained[name] ?? state[name])).ref.data(),
  };
}

/** The net's output; in training also the running statistics that follow. */
function apply({ net, shapes, cells }, parameters, inputs, train) {
  const place = new Map(Object.entries(inputs));
  const next = {};
  for (const { id, op, from, attributes } of net.nodes) {
    const given = from.map((source) => place.get(source).ref);
    const parameter = (port) => parameters[`${id}.${port}`].ref;
    const [shape, before] = [shapes.get(id), shapes.get(from[0])];
    const cell = (name, f) => cells(`${id} ${name}`, f);
    const update = (port, value) => {
      next[`${id}.${port}`] = value;
    };
    place.set(
      id,
      layers[op]({ x: given[0], other: given[1], shape, before, attributes, parameter, update, train, cell }),
    );
  }
  return { y: place.get(net.output), next };
}

/** Functions jitted inside a jitted one: what is fused there is not computed again for each of its uses. */
function createCells() {
  const cells = new Map();
  return (key, f) => {
    if (!cells.has(key)) cells.set(key, jit(f));
    return cells.get(key);
  };
}

const byChannel = (x, channels) => x.reshape([1, channels, 1, 1]);

// `cell` keeps functions by node.
const layers = {
  matmul: ({ x, other }) => np.matmul(x, other),
  linear: ({ x, parameter }) => np.matmul(x, parameter('weight').transpose()).add(parameter('bias')),
  relu: ({ x }) => nn.relu(x),
  add: ({ x, other }) => x.add(other),
  flatten: ({ x, shape }) => x.reshape(shape),
  global_avg_pool2d: ({ x, shape }) => np.mean(x, [2, 3]).reshape(shape),
  max_pool2d({ x, shape, attributes }) {
    // Windows side by side: reduceWindow cannot be differentiated.
    const [n, c, h, w] = shape;
    const [height, width] = attributes.kernel_size;
    return np.max(x.reshape([n, c, h, height, w, width]), [3, 5]);
  },
  conv2d({ x, shape, attributes, parameter }) {
    const { stride = [1, 1], padding = [0, 0], bias } = attributes;
    const y = lax.convGeneralDilated(
      x,
      parameter('weight'),
      stride,
      padding.map((each) => [each, each]),
    );
    return bias === false ? y : y.add(byChannel(parameter('bias'), shape[1]));
  },
  batch_norm({ x, before, attributes, parameter, update, train }) {
    const channels = before[1];
    const eps = attributes.eps ?? 1e-5;
    let [mean, variance] = [];
    if (train) {
      const share = attributes.momentum ?? 0.1;
      const places = size(before) / channels;
      mean = np.mean(x.ref, [0, 2, 3]);
      variance = np.mean(np.square(x.ref.sub(byChannel(mean.ref, channels))), [0, 2, 3]);
      const blend = (port, now) =>
        update(
          port,
          parameter(port)
            .mul(1 - share)
            .add(now.mul(share)),
        );
      blend('running_mean', lax.stopGradient(mean.ref));
      blend('running_var', lax.stopGradient(variance.ref).mul(places / (places - 1)));
    } else {
      mean = parameter('running_mean');
      variance = parameter('running_var');
    }
    const scale = parameter('weight').div(np.sqrt(variance.add(eps)));
    const shift = parameter('bias').sub(mean.mul(scale.ref));
    return x.mul(byChannel(scale, channels)).add(byChannel(shift, channels));
  },
  lstm({ x, before: [time, batch, input], shape, parameter, cell }) {
    const hidden = shape[2];
    const flat = x.reshape([time * batch, input]);
    const bias = parameter('bias_ih_l0').add(parameter('bias_hh_l0'));
    const all = np
      .matmul(flat, parameter('weight_ih_l0').transpose())
      .add(bias)
      .reshape([time, batch, 4 * hidden]);
    const states = [];
    let h = np.zeros([batch, hidden]);
    let c = np.zeros([batch, hidden]);
    for (let step = 0; step < time; step++) {
      [h, c] = cell('step', (below, h, c, weight) => {
        const gates = below.add(np.matmul(h, weight.transpose()));
        const [i, f, z, o] = np.split(gates, 4, 1);
        const kept = nn.sigmoid(f).mul(c);
        const next = kept.add(nn.sigmoid(i).mul(np.tanh(z)));
        return [nn.sigmoid(o).mul(np.tanh(next.ref)), next];
      })(all.ref.slice(step), h, c, parameter('weight_hh_l0'));
      states.push(h.ref);
    }
    return np.stack(states, 0);
  },
};

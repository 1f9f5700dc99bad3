// A case on LiteRT.js (XNNPACK on WebAssembly), one thread, forward only: it has no gradients. Its models are written by hand as a
// converter would: channels last, batch normalisation folded into the convolution before it, rectifiers fused.
import { loadAndCompile, loadLiteRt, Tensor } from '@litertjs/core';
import { flattenedLast, fromLast, lastShape, toLast, transpose } from '../lib/channels-last.mjs';
import { packages } from '../lib/packages.mjs';
import { tfliteModel } from '../lib/tflite-model.mjs';
import manifest from '../package.json';
import { pattern, tensorsOf } from '../workloads/tensors.mjs';

export const version = `@litertjs/core ${manifest.dependencies['@litertjs/core']}`;

const padding = { same: 0, valid: 1 };
const rectifier = 1;

/** @returns {Promise<import('../lib/host.mjs').Subject>} */
export async function createSubject({ net, kind }) {
  if (kind !== 'forward') throw new Error('it has no gradients');
  if (typeof document === 'undefined') throw new Error('it loads in a page only');
  await loadLiteRt(`${packages}@litertjs/core/wasm/`);
  const { shapes } = tensorsOf(net);
  const { bytes, inputs } = writeModel(net);
  const model = await loadAndCompile(bytes, { accelerator: 'wasm', cpuOptions: { numThreads: 1 } });
  const tensors = inputs.map(
    (id) => new Tensor(toLast(pattern(size(shapes.get(id))), shapes.get(id)), lastShape(shapes.get(id))),
  );
  let result;
  return {
    async run() {
      const [next] = await model.run(tensors);
      result?.delete();
      result = next;
    },
    read: async () => fromLast(await result.data(), shapes.get(net.output)),
  };
}

const size = (shape) => shape.reduce((product, each) => product * each, 1);

function writeModel(net) {
  const model = tfliteModel();
  const { shapes, parameters } = tensorsOf(net);
  const values = (id, port) => parameters.get(`${id}.${port}`)?.values;
  const place = new Map();
  const inputs = Object.keys(net.inputs).filter((id) => !(id === 'b' && net.nodes[0].op === 'matmul'));
  for (const id of inputs) place.set(id, model.input(lastShape(shapes.get(id))));
  const users = (id) => net.nodes.filter(({ from }) => from.includes(id));
  const only = (id, op) => (users(id).length === 1 && users(id)[0].op === op ? users(id)[0] : undefined);
  const done = new Set();
  /** Takes in a rectifier that alone reads the value. */
  const activation = (id) => {
    const next = only(id, 'relu');
    if (next) done.add(next.id);
    return { options: { activation: next ? rectifier : 0 }, last: next?.id ?? id };
  };
  for (const node of net.nodes) {
    const { id, op, from, attributes } = node;
    if (done.has(id)) continue;
    const x = place.get(from[0]);
    const shape = shapes.get(id);
    const out = lastShape(shape);
    switch (op) {
      case 'matmul': {
        // As a layer with constant weights, which may be packed beforehand: the faster form.
        const [rows, columns] = shapes.get('b');
        const weight = transpose(pattern(rows * columns), [rows, columns], [1, 0]);
        place.set(id, model.operator('fullyConnected', [x, model.constant([columns, rows], weight)], out));
        break;
      }
      case 'linear': {
        const { options, last } = activation(id);
        const before = net.nodes.find((each) => each.id === from[0]);
        const flattened = before?.op === 'flatten' ? shapes.get(before.from[0]) : undefined;
        let weight = values(id, 'weight');
        if (flattened) weight = flattenedLast(weight, shape[1], flattened);
        const [w, b] = [
          model.constant([shape[1], shapes.get(from[0])[1]], weight),
          model.constant([shape[1]], values(id, 'bias')),
        ];
        place.set(last, model.operator('fullyConnected', [x, w, b], out, options));
        break;
      }
      case 'conv2d': {
        const norm = only(id, 'batch_norm');
        if (norm) done.add(norm.id);
        const { options, last } = activation(norm?.id ?? id);
        place.set(
          last,
          convolution(model, x, attributes, parameters.get(`${id}.weight`), out, options, fold(id, norm)),
        );
        break;
      }
      case 'max_pool2d': {
        const [filterH, filterW] = attributes.kernel_size;
        const [strideH, strideW] = attributes.stride;
        const options = { padding: padding.valid, strideH, strideW, filterH, filterW };
        place.set(id, model.operator('maxPool2d', [x], out, options));
        break;
      }
      case 'global_avg_pool2d':
        place.set(id, model.operator('mean', [x, model.constant([2], Int32Array.of(1, 2))], out, { keepDims: 1 }));
        break;
      case 'flatten':
        place.set(id, model.operator('reshape', [x, model.constant([2], Int32Array.from(out))], out));
        break;
      case 'add': {
        const { options, last } = activation(id);
        place.set(
          last,
          model.operator(
            'add',
            from.map((source) => place.get(source)),
            out,
            options,
          ),
        );
        break;
      }
      case 'lstm':
        place.set(
          id,
          recurrence(model, x, shapes.get(from[0]), shape, (port) => values(id, port)),
        );
        break;
      default:
        throw new Error(`${op} has not been written for it`);
    }
  }
  return { bytes: model.encode([place.get(net.output)]), inputs };

  /** γ/√(σ² + ε) and what is added, by channel. */
  function fold(id, norm) {
    const channels = parameters.get(`${id}.weight`).shape[0];
    const bias = values(id, 'bias') ?? new Float32Array(channels);
    const scale = new Float32Array(channels).fill(1);
    if (!norm) return { scale, bias };
    const [weight, shift, mean, variance] = ['weight', 'bias', 'running_mean', 'running_var'].map((port) =>
      values(norm.id, port),
    );
    scale.forEach((_, c) => {
      scale[c] = weight[c] / Math.sqrt(variance[c] + (norm.attributes.eps ?? 1e-5));
    });
    return { scale, bias: bias.map((b, c) => (b - mean[c]) * scale[c] + shift[c]) };
  }
}

function convolution(
  model,
  x,
  { kernel_size: kernel, stride = [1, 1], padding: around = [0, 0] },
  weight,
  out,
  options,
  { scale, bias },
) {
  const [channels, ...rest] = weight.shape;
  const scaled = weight.values.map((w, i) => w * scale[Math.floor(i / size(rest))]);
  const padded = around.some(Boolean);
  // "Same" pads on both sides alike only at stride 1; elsewhere the padding is an operator of its own.
  const same = padded && stride[0] === 1 && kernel.every((k, i) => k === 2 * around[i] + 1);
  let from = x;
  if (padded && !same) {
    const [batch, height, width, depth] = model.shape(x);
    const pads = Int32Array.of(0, 0, around[0], around[0], around[1], around[1], 0, 0);
    const wide = [batch, height + 2 * around[0], width + 2 * around[1], depth];
    from = model.operator('pad', [x, model.constant([4, 2], pads)], wide);
  }
  const w = model.constant([channels, ...kernel, rest[0]], transpose(scaled, weight.shape, [0, 2, 3, 1]));
  return model.operator('conv2d', [from, w, model.constant([channels], bias)], out, {
    ...options,
    padding: same ? padding.same : padding.valid,
    strideH: stride[0],
    strideW: stride[1],
  });
}

/** Unrolled: its recurrent operator is not accelerated. */
function recurrence(model, x, [time, batch, input], [, , hidden], values) {
  const gates = 4 * hidden;
  const flat = model.operator(
    'reshape',
    [x, model.constant([2], Int32Array.of(time * batch, input))],
    [time * batch, input],
  );
  const bias = values('bias_ih_l0').map((b, i) => b + values('bias_hh_l0')[i]);
  const wx = model.constant([gates, input], values('weight_ih_l0'));
  const wh = model.constant([gates, hidden], values('weight_hh_l0'));
  const all = model.operator('fullyConnected', [flat, wx, model.constant([gates], bias)], [time * batch, gates]);
  const rows = model.constant([], Int32Array.of(0));
  const columns = model.constant([], Int32Array.of(1));
  const shape = [batch, hidden];
  const below = model.operator(
    'split',
    [rows, all],
    Array.from({ length: time }, () => [batch, gates]),
    { count: time },
  );
  const states = [];
  let h;
  let c;
  for (const pre of below) {
    const sum =
      h === undefined
        ? pre
        : model.operator('add', [pre, model.operator('fullyConnected', [h, wh], [batch, gates])], [batch, gates]);
    const [i, f, z, o] = model.operator('split', [columns, sum], [shape, shape, shape, shape], { count: 4 });
    const gate = (kind, from) => model.operator(kind, [from], shape);
    const fresh = model.operator('mul', [gate('logistic', i), gate('tanh', z)], shape);
    c =
      c === undefined
        ? fresh
        : model.operator('add', [model.operator('mul', [gate('logistic', f), c], shape), fresh], shape);
    h = model.operator('mul', [gate('logistic', o), gate('tanh', c)], shape);
    states.push(h);
  }
  const joined = model.operator('concatenation', states, [time * batch, hidden], { axis: 0 });
  return model.operator(
    'reshape',
    [joined, model.constant([3], Int32Array.of(time, batch, hidden))],
    [time, batch, hidden],
  );
}

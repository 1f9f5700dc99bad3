// A case on onnxruntime-web's WebAssembly backend, one thread. Training is a graph by hand (lib/onnx-layers.mjs): forward,
// backward and update in one model whose outputs are fed back, all parameters in one flat tensor.
import { onnxGraph } from '../lib/onnx-graph.mjs';
import { layers } from '../lib/onnx-layers.mjs';
import { packages } from '../lib/packages.mjs';
import { labels, learningRate, momentum, pattern, tensorsOf } from '../workloads/tensors.mjs';

const count = (shape) => shape.reduce((product, size) => product * size, 1);
const folder = `${packages}onnxruntime-web/`;

export let version = 'onnxruntime-web';

/** @returns {Promise<import('../lib/host.mjs').Subject>} */
export async function createSubject(each) {
  const inNode = typeof process === 'object';
  const ort = await import(/* @vite-ignore */ `${folder}dist/${inNode ? 'ort.node.min.mjs' : 'ort.wasm.min.mjs'}`);
  version = `onnxruntime-web ${ort.env.versions.common}`;
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = `${folder}dist/`;
  ort.env.logLevel = 'error';
  const model = each.kind === 'step' ? stepModel(each) : plainModel(each);
  const session = await ort.InferenceSession.create(model.bytes, {
    executionProviders: ['wasm'],
    graphOptimizationLevel: 'all',
    executionMode: 'sequential',
    enableCpuMemArena: true,
    enableMemPattern: true,
  });
  const feeds = {};
  for (const [name, { dims, data }] of Object.entries(model.feeds)) feeds[name] = new ort.Tensor('float32', data, dims);
  let results = {};
  const follows = Object.entries(model.follows);
  return {
    async run() {
      results = await session.run(feeds);
      for (const [from, to] of follows) feeds[to] = results[from];
    },
    read: (name) => model.read(results, name),
  };
}

/** Forward with the parameters as constants, or with gradients, with the parameters as inputs. */
function plainModel({ net, kind }) {
  const g = onnxGraph();
  const { shapes, parameters } = tensorsOf(net);
  const feeds = {};
  const feed = (name, dims, data) => {
    feeds[name] = { dims, data };
    return g.input(name, dims);
  };
  const place = new Map();
  for (const [id, dims] of Object.entries(net.inputs)) {
    // The second factor of a product may be packed beforehand where it is a constant: the faster form.
    const data = pattern(count(dims));
    place.set(id, net.nodes[0].op === 'matmul' && id === 'b' ? g.constant(dims, data) : feed(id, dims, data));
  }
  const inputs = new Map();
  const parameter = (name) => {
    if (!inputs.has(name)) {
      const { shape, values } = parameters.get(name);
      inputs.set(name, kind === 'forward' ? g.constant(shape, values) : feed(name, shape, values));
    }
    return inputs.get(name);
  };
  const { backward } = emit(g, net, shapes, parameters, place, parameter, kind !== 'forward');
  const names = new Map([['y', g.output(place.get(net.output), shapes.get(net.output))]]);
  if (kind === 'gradients') {
    const shape = shapes.get(net.output);
    const gradients = backward(feed('seed', shape, pattern(count(shape))), true);
    for (const [name, value] of gradients) names.set(`grad(${name})`, g.output(value));
  }
  return { bytes: g.encode(), feeds, follows: {}, read: (results, name) => results[names.get(name)].data };
}

/** Forward, cross entropy, backward, update. */
function stepModel({ net, classes }) {
  const g = onnxGraph();
  const { shapes, parameters } = tensorsOf(net);
  const [[id, dims]] = Object.entries(net.inputs);
  const all = [...parameters.values()];
  const trained = all.filter((each) => each.trained);
  const state = all.filter((each) => !each.trained);
  const flat = (list) => Float32Array.from(list.flatMap(({ values }) => Array.from(values)));
  const total = count([trained.reduce((sum, { values }) => sum + values.length, 0)]);
  const place = new Map([[id, g.input(id, dims)]]);
  const views = new Map();
  const unpack = (name, list) => {
    if (list.length === 0) return;
    const sizes = list.map(({ values }) => values.length);
    const whole = g.input(name, [sizes.reduce((a, b) => a + b, 0)]);
    const parts = [g.node('Split', [whole, g.ints(...sizes)], { axis: 0 }, list.length)].flat();
    list.forEach((each, i) => {
      views.set(each.name, each.shape.length === 1 ? parts[i] : g.node('Reshape', [parts[i], g.ints(...each.shape)]));
    });
  };
  unpack('parameters', trained);
  unpack('state', state);
  const { backward, states } = emit(g, net, shapes, parameters, place, (name) => views.get(name), true);

  const batch = dims[0];
  const target = new Float32Array(batch * classes);
  labels(batch, classes).forEach((label, i) => {
    target[i * classes + label] = 1;
  });
  const oneHot = g.input('target', [batch, classes]);
  const logP = g.node('LogSoftmax', [place.get(net.output)], { axis: 1 });
  const picked = g.node('ReduceSum', [g.node('Mul', [logP, oneHot])], { keepdims: 0 });
  const loss = g.output(g.node('Mul', [picked, g.number(-1 / batch)]));
  const wrong = g.node('Sub', [g.node('Exp', [logP]), oneHot]);
  const gradients = backward(g.node('Mul', [wrong, g.number(1 / batch)]), false);

  const pieces = trained.map(({ name, values }) => g.node('Reshape', [gradients.get(name), g.ints(values.length)]));
  const gradient = pieces.length === 1 ? pieces[0] : g.node('Concat', pieces, { axis: 0 });
  const velocity = g.input('velocity', [total]);
  const next = g.node('Add', [g.node('Mul', [velocity, g.number(momentum)]), gradient]);
  const after = g.node('Sub', ['parameters', g.node('Mul', [next, g.number(learningRate)])]);
  const follows = { [g.output(after)]: 'parameters', [g.output(next)]: 'velocity' };
  const feeds = {
    [id]: { dims, data: pattern(count(dims)) },
    target: { dims: [batch, classes], data: target },
    parameters: { dims: [total], data: flat(trained) },
    velocity: { dims: [total], data: new Float32Array(total) },
  };
  let stateAfter;
  if (state.length > 0) {
    stateAfter = g.output(
      g.node(
        'Concat',
        state.map(({ name }) => states.get(name)),
        { axis: 0 },
      ),
    );
    follows[stateAfter] = 'state';
    const data = flat(state);
    feeds.state = { dims: [data.length], data };
  }
  const read = (results, name) => {
    if (name === 'loss') return results[loss].data;
    for (const [list, output] of [
      [trained, after],
      [state, stateAfter],
    ]) {
      let at = 0;
      for (const { name: other, values } of list) {
        if (other === name) return results[output].data.slice(at, at + values.length);
        at += values.length;
      }
    }
    throw new Error(`no result ${name}`);
  };
  return { bytes: g.encode(), feeds, follows, read };
}

/** All layers; `backward` goes through them the other way and answers gradients by name of input or parameter. */
function emit(g, net, shapes, parameters, place, parameter, train) {
  const passed = [];
  const states = new Map();
  for (const { id, op, from, attributes } of net.nodes) {
    const layer = layers[op]({
      g,
      attributes,
      train,
      from: from.map((source) => place.get(source)),
      shapes: from.map((source) => shapes.get(source)),
      shape: shapes.get(id),
      parameter: (port) => parameter(`${id}.${port}`),
      constants: (port) => parameters.get(`${id}.${port}`).values,
      // In a step nobody asks for the gradient of the net's input.
      needsInput: net.output === id || !(from[0] in net.inputs),
    });
    place.set(id, layer.y);
    passed.push({ id, from, layer });
    for (const [port, value] of Object.entries(layer.state ?? {})) states.set(`${id}.${port}`, value);
  }
  const backward = (seed) => {
    const gradients = new Map([[net.output, seed]]);
    for (const { id, from, layer } of passed.reverse()) {
      const { inputs, parameters: own } = layer.back(gradients.get(id));
      inputs.forEach((value, i) => {
        const other = gradients.get(from[i]);
        gradients.set(from[i], other === undefined ? value : g.node('Add', [other, value]));
      });
      for (const [port, value] of Object.entries(own)) gradients.set(`${id}.${port}`, value);
    }
    const asked = [...Object.keys(net.inputs), ...parameters.keys()];
    return new Map(asked.filter((name) => gradients.has(name)).map((name) => [name, gradients.get(name)]));
  };
  return { backward, states };
}

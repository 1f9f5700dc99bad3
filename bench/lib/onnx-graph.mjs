// An ONNX model written node by node.
import { onnx } from '../../src/formats/onnx/onnx-messages.generated.js';

const utf8 = new TextEncoder();
const kinds = { float: 1, int: 2, string: 3, tensor: 4, floats: 6, ints: 7 };
const bytesOf = (data) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

/** Names are given out as needed; every call that makes a value answers its name. */
export function onnxGraph() {
  const nodes = [];
  const initializers = [];
  const inputs = [];
  const outputs = [];
  const constants = new Map();
  let count = 0;
  const value = (name, dims, elemType = 1) => ({
    name,
    type: { tensorType: { elemType, shape: dims && { dim: dims.map((dimValue) => ({ dimValue })) } } },
  });
  const graph = {
    input(name, dims) {
      inputs.push(value(name, dims));
      return name;
    },
    output(name, dims) {
      outputs.push(value(name, dims));
      return name;
    },
    constant(dims, data, name = `c${initializers.length}`) {
      const dataType = data instanceof Float32Array ? 1 : data instanceof Int32Array ? 6 : 7;
      initializers.push({ name, dims, dataType, rawData: bytesOf(data) });
      return name;
    },
    /** One number, shared by all who ask for it. */
    number(x) {
      if (!constants.has(x)) constants.set(x, graph.constant([], Float32Array.of(x)));
      return constants.get(x);
    },
    ints(...list) {
      const key = list.join(' ');
      if (!constants.has(key)) {
        constants.set(key, graph.constant([list.length], BigInt64Array.from(list.map(BigInt))));
      }
      return constants.get(key);
    },
    /** Attributes: strings, arrays of ints, `{ float }`, ints. One name, or as many as asked for. */
    node(opType, input, attributes = {}, results = 1) {
      const output = Array.from({ length: results }, () => `v${count++}`);
      graph.named(opType, input, output, attributes);
      return results === 1 ? output[0] : output;
    },
    named(opType, input, output, attributes = {}) {
      const attribute = Object.entries(attributes).map(([name, x]) => {
        if (typeof x === 'string') return { name, type: kinds.string, s: utf8.encode(x) };
        if (Array.isArray(x)) return { name, type: kinds.ints, ints: x };
        if (typeof x === 'object') return { name, type: kinds.float, f: x.float };
        return { name, type: kinds.int, i: x };
      });
      nodes.push({ opType, input, output, attribute });
    },
    encode() {
      return onnx.ModelProto.encode({
        irVersion: 8,
        opsetImport: [{ domain: '', version: 17 }],
        graph: { name: 'bench', node: nodes, initializer: initializers, input: inputs, output: outputs },
      }).finish();
    },
  };
  return graph;
}

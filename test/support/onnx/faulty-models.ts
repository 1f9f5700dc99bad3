// Models with one fault each, as people have them: what is said of them, and that the rest opens.
import { onnx } from '../../../src/formats/onnx/onnx-messages.generated.js';

export interface FaultyModel {
  readonly bytes: Uint8Array;
  /** Codes of what is told, in order. */
  readonly codes: readonly string[];
  /** What the message must name. */
  readonly says: RegExp;
  /** Operators that still open, the unknown one under its own name; null: nothing opens. */
  readonly ops: readonly string[] | null;
}

const value = (name: string, ...dims: readonly number[]) => ({
  name,
  type: { tensorType: { elemType: 1, shape: { dim: dims.map((dimValue) => ({ dimValue })) } } },
});

type Graph = Parameters<typeof onnx.GraphProto.encode>[0];
type Attribute = Parameters<typeof onnx.AttributeProto.encode>[0];

function model(graph: Graph, version = 17): Uint8Array {
  return onnx.ModelProto.encode({
    irVersion: 8,
    opsetImport: [{ domain: '', version }],
    graph: { name: 'faulty', input: [value('x', 1, 1, 4, 4)], output: [value('y', 1, 1, 4, 4)], ...graph },
  }).finish();
}

const node = (opType: string, input: readonly string[], output: string, attribute: Attribute[] = []) => ({
  name: `the_${opType.toLowerCase()}`,
  opType,
  input: [...input],
  output: [output],
  attribute,
});

export function faultyModels(): Readonly<Record<string, FaultyModel>> {
  const chain = [node('Relu', ['x'], 'a'), node('Frobnicate', ['a'], 'b'), node('Tanh', ['b'], 'y')];
  const pooled = node('GlobalLpPool', ['x'], 'a', [{ name: 'p', type: 2, i: 3 }]);
  const odd = node('Relu', ['x'], 'y', [{ name: 'frobs', type: 2, i: 3 }]);
  const convolved = node('Conv', ['x', 'w'], 'y');
  return {
    'an unsupported operator in the middle': {
      bytes: model({ node: chain }),
      codes: ['E_ONNX_OPERATOR'],
      says: /`the_frobnicate` \(Frobnicate, operator set 17\)/,
      ops: ['input', 'relu', 'Frobnicate', 'tanh'],
    },
    'an unsupported attribute': {
      bytes: model({ node: [pooled, node('Tanh', ['a'], 'y')] }),
      codes: ['E_ONNX_NODE'],
      says: /`the_globallppool` \(GlobalLpPool, operator set 17\): .*order 3 is not supported/,
      ops: ['input', 'GlobalLpPool', 'tanh'],
    },
    'an attribute that nobody knows': {
      bytes: model({ node: [odd] }),
      codes: ['W_ONNX_ATTRIBUTE'],
      says: /`the_relu` .*frobs/,
      ops: ['input', 'relu'],
    },
    'an operator set from before': {
      bytes: model({ node: [node('Relu', ['x'], 'y')] }, 5),
      codes: ['W_ONNX_OPSET'],
      says: /operator set 5; sets 7 to 25 are known/,
      ops: ['input', 'relu'],
    },
    'numbers in another file': {
      bytes: model({
        node: [convolved],
        initializer: [
          {
            name: 'w',
            dataType: 1,
            dims: [1, 1, 1, 1],
            dataLocation: 1,
            externalData: [{ key: 'location', value: 'w.bin' }],
          },
        ],
      }),
      codes: ['E_ONNX_EXTERNAL', 'E_ONNX_NODE'],
      says: /`w`: its numbers are in another file, `w\.bin`/,
      ops: ['input', 'Conv'],
    },
    'a file that is cut off': {
      bytes: model({ node: chain }).slice(0, -7),
      codes: ['E_ONNX'],
      says: /break off/,
      ops: null,
    },
  };
}

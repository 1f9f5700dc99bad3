// The attributes of an ONNX node, by type; remembers which were asked for, so that what nobody knows can be reported.
import type { AttributeProto } from '../onnx-messages.generated.js';
import { decodeTensor, toInt32, toNumber } from './decode-tensor.ts';
import type { Literal } from './literal.ts';

export interface Attributes {
  has(name: string): boolean;
  int(name: string): number | undefined;
  float(name: string): number | undefined;
  text(name: string): string | undefined;
  ints(name: string): readonly number[] | undefined;
  floats(name: string): readonly number[] | undefined;
  texts(name: string): readonly string[] | undefined;
  tensor(name: string): Literal | undefined;
  /** Names that nobody asked for. */
  unknown(): readonly string[];
}

/** AttributeProto.AttributeType. */
const types = { float: 1, int: 2, text: 3, tensor: 4, floats: 6, ints: 7, texts: 8 } as const;

/** @param fail gives up on the node with a reason */
export function createAttributes(given: readonly AttributeProto[], fail: (reason: string) => never): Attributes {
  const byName = new Map(given.map((each) => [each.name, each]));
  const asked = new Set<string>();

  function find(name: string, wanted: keyof typeof types): AttributeProto | undefined {
    asked.add(name);
    const attribute = byName.get(name);
    if (!attribute) return undefined;
    if (attribute.refAttrName !== '') return fail(`attribute \`${name}\` refers to one of a function`);
    // Files of 2017 do not write the type.
    if (attribute.type !== 0 && attribute.type !== types[wanted]) return fail(`attribute \`${name}\` is not ${wanted}`);
    return attribute;
  }

  const decoder = new TextDecoder();
  const integer = (name: string, value: number): number =>
    toInt32(value) ?? fail(`attribute \`${name}\` is ${value}, which int32 cannot hold`);

  return {
    has(name) {
      asked.add(name);
      return byName.has(name);
    },
    int(name) {
      const found = find(name, 'int');
      return found && integer(name, toNumber(found.i));
    },
    float: (name) => find(name, 'float')?.f,
    text(name) {
      const found = find(name, 'text');
      return found && decoder.decode(found.s);
    },
    ints: (name) => find(name, 'ints')?.ints.map((value) => integer(name, toNumber(value))),
    floats: (name) => find(name, 'floats')?.floats,
    texts: (name) => find(name, 'texts')?.strings.map((each) => decoder.decode(each)),
    tensor(name) {
      const proto = find(name, 'tensor')?.t;
      if (!proto) return undefined;
      const tensor = decodeTensor(proto);
      return 'fault' in tensor ? fail(`attribute \`${name}\` ${tensor.fault}`) : tensor;
    },
    unknown: () => [...byName.keys()].filter((name) => !asked.has(name)),
  };
}

// What the sizes are called that the inputs of a file leave open: the batch is N, the others keep the file's names as ids.
// One name of the file is one id everywhere, two names are two ids.
import type { ValueInfoProto } from '../onnx-messages.generated.js';
import { createUniqueIds } from './unique-ids.ts';

const batch = 'N';

/** What converters write where they know nothing: the same name twice need not be the same size. */
const nameless = /^(none|unknown|unk_*\d+|\?|-1)?$/i;

/** @returns the id for the name that the file gives to a dimension of an input, which may be empty */
export function nameSizes(inputs: readonly ValueInfoProto[]): (symbol: string, axis: number, input: string) => string {
  const batches = batchNames(inputs);
  const names = new Map<string, string>();
  const ids = createUniqueIds([batch]);
  return (symbol, axis, input) => {
    const unnamed = nameless.test(symbol);
    if (unnamed ? axis === 0 : batches.has(symbol)) return batch;
    const key = unnamed ? `${axis} ${input}` : symbol;
    const known = names.get(key);
    if (known !== undefined) return known;
    const id = ids.take(unnamed ? `${input}_${axis}` : symbol);
    names.set(key, id);
    return id;
  };
}

/** Names that speak of a batch, or N, or n and b where they lead; where none does, the first that a leading dimension has. */
function batchNames(inputs: readonly ValueInfoProto[]): ReadonlySet<string> {
  const named = inputs.flatMap(({ type }) =>
    (type?.tensorType?.shape?.dim ?? []).flatMap(({ dimValue, dimParam }, axis) => {
      const symbol = dimValue === null ? (dimParam ?? '') : '';
      return nameless.test(symbol) ? [] : [{ symbol, axis }];
    }),
  );
  const leading = named.filter(({ axis }) => axis === 0);
  const chosen = [
    named.filter(({ symbol }) => /batch/i.test(symbol)),
    named.filter(({ symbol }) => symbol === batch),
    leading.filter(({ symbol }) => /^[nb]$/i.test(symbol)),
    leading.slice(0, 1),
  ].find((each) => each.length > 0);
  return new Set(chosen?.map(({ symbol }) => symbol));
}

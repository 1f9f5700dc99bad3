// Inputs of ONNX nodes that decide shapes (axes, sizes, starts): as an attribute where the numbers are known while the file is
// read, else as a wire into the operator's port of the same name, which the compiler settles.
import type { Attributes, ReadContext, Sources } from './read-context.ts';

export interface Settings {
  readonly inputs: Sources;
  readonly attributes: Attributes;
}

/** Whole numbers beyond int32 stand for "to the end" in files: the nearest that our attributes and ports hold. */
export function clampToInt32(value: number): number {
  return Math.min(0x7fff_ffff, Math.max(-0x8000_0000, value));
}

/**
 * The list at `input`, for the attribute and port `name`. Nothing where it is not given.
 * @param change  what the list is called by our operator; with it the numbers must be known
 */
export function knownList(
  context: ReadContext,
  input: number,
  name: string,
  change?: (list: readonly number[]) => readonly number[],
): Settings {
  if (!context.given(input)) return { inputs: {}, attributes: {} };
  const list = change ? change(context.decisive(input)) : context.known(input);
  if (list) return { inputs: {}, attributes: { [name]: list.map(clampToInt32) } };
  return { inputs: { [name]: context.wire(input) }, attributes: {} };
}

/** The one number at `input`, likewise. */
export function knownSingle(context: ReadContext, input: number, name: string): Settings {
  if (!context.given(input)) return { inputs: {}, attributes: {} };
  const list = context.known(input);
  if (list) return { inputs: {}, attributes: { [name]: list[0] } };
  return { inputs: { [name]: context.wire(input) }, attributes: {} };
}

/** Axes as an attribute (older operator sets) or as an input (newer ones), for the attribute and port `name`. */
export function axesSetting(context: ReadContext, input: number, name: string, attribute = 'axes'): Settings {
  const list = context.ints(attribute);
  return list ? { inputs: {}, attributes: { [name]: list.map(clampToInt32) } } : knownList(context, input, name);
}

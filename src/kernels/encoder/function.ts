// One WebAssembly function under construction: parameters and locals by name of the TypeScript variable that holds them.
import type { Code, ValueType } from './code.ts';
import { unsigned } from './code.ts';

export interface Local {
  readonly type: ValueType;
  readonly get: Code;
  set(value: Code): Code;
  /** Stores the value and leaves it on the stack. */
  tee(value: Code): Code;
}

/** A function with one result or none; `name` appears in profiles and traps. */
export interface FunctionCode {
  readonly name: string;
  readonly parameters: readonly ValueType[];
  readonly locals: readonly ValueType[];
  readonly body: Code;
  readonly result?: ValueType;
}

/** Declares one more local; it starts as zero on entry of the function, not of the block. */
export type NewLocal = (type: ValueType) => Local;

function localAt(index: number, type: ValueType): Local {
  const bytes = unsigned(index);
  return {
    type,
    get: [0x20, ...bytes],
    set: (value) => [value, 0x21, bytes],
    tee: (value) => [value, 0x22, bytes],
  };
}

/** Builds a function: `build` receives its parameters and a maker of locals, and gives the body, which leaves the result on the stack. */
export function defineFunction(
  name: string,
  parameters: readonly ValueType[],
  build: (parameters: readonly Local[], local: NewLocal) => Code,
  result?: ValueType,
): FunctionCode {
  const locals: ValueType[] = [];
  const body = build(
    parameters.map((type, index) => localAt(index, type)),
    (type) => {
      locals.push(type);
      return localAt(parameters.length + locals.length - 1, type);
    },
  );
  return { name, parameters, locals, body, ...(result === undefined ? {} : { result }) };
}

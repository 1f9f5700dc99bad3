// One WebAssembly function under construction: parameters and locals by name of the TypeScript variable that holds them.
import type { Code, FunctionCode, ValueType } from './code.ts';
import { unsigned } from './code.ts';

export interface Local {
  readonly type: ValueType;
  readonly get: Code;
  set(value: Code): Code;
  /** Stores the value and leaves it on the stack. */
  tee(value: Code): Code;
}

/** Declares one more local; it starts as zero on entry of the function, not of the block. */
export type NewLocal = (type: ValueType) => Local;

/** As many as there are types, each at its place. */
type LocalsOf<Types extends readonly ValueType[]> = { readonly [Place in keyof Types]: Local };

/** So many locals, each at its place. */
export type Locals<Count extends number, All extends readonly Local[] = readonly []> = All['length'] extends Count
  ? All
  : Locals<Count, readonly [...All, Local]>;

/** Declares several of one type, for a pattern that names them. */
export function locals<Count extends number>(local: NewLocal, type: ValueType, count: Count): Locals<Count> {
  return Array.from({ length: count }, () => local(type)) as readonly Local[] as Locals<Count>;
}

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
export function defineFunction<const Types extends readonly ValueType[]>(
  name: string,
  parameters: Types,
  build: (parameters: LocalsOf<Types>, local: NewLocal) => Code,
  result?: ValueType,
): FunctionCode {
  const locals: ValueType[] = [];
  const body = build(
    parameters.map((type, index) => localAt(index, type)) as readonly Local[] as LocalsOf<Types>,
    (type) => {
      locals.push(type);
      return localAt(parameters.length + locals.length - 1, type);
    },
  );
  return { name, parameters, locals, body, ...(result === undefined ? {} : { result }) };
}

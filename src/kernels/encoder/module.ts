// Puts functions together to the bytes of one WebAssembly module: memory imported as `env.memory`, every listed function
// exported under its position in the list, and a name section so that profiles and traps show kernel names.
import type { ValueType } from './code.ts';
import { type Code, flattenInto, unsigned, valueTypeByte } from './code.ts';
import type { FunctionCode } from './function.ts';

export interface ModuleOptions {
  /** Import a shared memory (needs a declared maximum, given here as the largest possible). */
  readonly shared: boolean;
}

const magicAndVersion = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
const largestMemoryPages = 65536;

/** The bytes of a module that exports functions[i] as `String(i)`; functions that are called come along unexported. */
export function moduleOf(functions: readonly FunctionCode[], options: ModuleOptions): Uint8Array<ArrayBuffer> {
  const all = withCallees(functions);
  const indices = new Map(all.map((code, index) => [code, index]));
  const indexOf = (callee: FunctionCode) => indices.get(callee) as number;

  const types: string[] = [];
  const typeIndices = all.map(({ parameters }) => {
    const key = parameters.join();
    const found = types.indexOf(key);
    return found >= 0 ? found : types.push(key) - 1;
  });
  const typeEntries = types.map((key) => functionType(key === '' ? [] : (key.split(',') as ValueType[])));

  const limits = options.shared ? [0x03, unsigned(0), unsigned(largestMemoryPages)] : [0x00, unsigned(0)];
  const bodies = all.map((code) => sized([localDeclarations(code.locals), code.body, 0x0b], indexOf));

  const bytes: number[] = [...magicAndVersion];
  const section = (id: number, content: Code) => flattenInto(bytes, [id, sized(content, indexOf)], indexOf);
  section(1, vector(typeEntries));
  section(2, vector([[text('env'), text('memory'), 0x02, limits]]));
  section(3, vector(typeIndices.map(unsigned)));
  section(7, vector(functions.map((code, position) => [text(String(position)), 0x00, unsigned(indexOf(code))])));
  section(10, vector(bodies));
  const names = vector(all.map((code, index) => [unsigned(index), text(code.name)]));
  section(0, [text('name'), 0x01, sized(names, indexOf)]);
  return Uint8Array.from(bytes);
}

/** The functions and, after them, all that they call, each once. */
function withCallees(functions: readonly FunctionCode[]): FunctionCode[] {
  const all = new Set(functions);
  const visit = (code: Code): void => {
    if (typeof code === 'number') return;
    if ('call' in code) {
      if (all.has(code.call)) return;
      all.add(code.call);
      visit(code.call.body);
    } else for (const part of code) visit(part);
  };
  for (const code of functions) visit(code.body);
  return [...all];
}

function functionType(parameters: readonly ValueType[]): Code {
  return [0x60, vector(parameters.map((type) => valueTypeByte[type])), 0x00];
}

function localDeclarations(locals: readonly ValueType[]): Code {
  const runs: { type: ValueType; count: number }[] = [];
  for (const type of locals) {
    const last = runs.at(-1);
    if (last?.type === type) last.count++;
    else runs.push({ type, count: 1 });
  }
  return vector(runs.map(({ type, count }) => [unsigned(count), valueTypeByte[type]]));
}

function vector(items: readonly Code[]): Code {
  return [unsigned(items.length), items];
}

function text(value: string): Code {
  const bytes = [...new TextEncoder().encode(value)];
  return [unsigned(bytes.length), bytes];
}

/** Content preceded by its length in bytes. */
function sized(content: Code, indexOf: (callee: FunctionCode) => number): Code {
  const bytes: number[] = [];
  flattenInto(bytes, content, indexOf);
  return [unsigned(bytes.length), bytes];
}

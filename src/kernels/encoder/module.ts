// Puts functions together to the bytes of one WebAssembly module: memory imported as `env.memory`, every listed function
// exported under its position in the list, and a name section so that profiles and traps show kernel names.
import type { FunctionCode, ValueType } from './code.ts';
import { ByteSink, type Code, unsigned, valueTypeByte } from './code.ts';

export interface ModuleOptions {
  /** Import a shared memory (needs a declared maximum, given here as the largest possible). */
  readonly shared: boolean;
}

const magicAndVersion = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
const largestMemoryPages = 65536;

/** The bytes of a module that exports functions[i] as `String(i)`; functions that are called come along unexported. */
export function moduleOf(functions: readonly FunctionCode[], options: ModuleOptions): Uint8Array<ArrayBuffer> {
  // Functions are numbered as they are met: the exported ones first, then those that bodies call.
  const all = [...functions];
  const indices = new Map(all.map((code, index) => [code, index]));
  const indexOf = (code: FunctionCode): number => {
    const known = indices.get(code);
    if (known !== undefined) return known;
    indices.set(code, all.length);
    return all.push(code) - 1;
  };
  const bodies = new ByteSink();
  for (let index = 0; index < all.length; index++) {
    const { locals, body } = all[index] as FunctionCode;
    appendSized(bodies, [localDeclarations(locals), body, 0x0b], indexOf);
  }

  const types: string[] = [];
  const typeIndices = all.map(({ parameters, result = '' }) => {
    const key = `${parameters.join()}:${result}`;
    const found = types.indexOf(key);
    return found >= 0 ? found : types.push(key) - 1;
  });
  const typeEntries = types.map((key) => functionType(...(key.split(':') as [string, string])));
  const limits = options.shared ? [0x03, unsigned(0), unsigned(largestMemoryPages)] : [0x00, unsigned(0)];

  const sink = new ByteSink();
  const section = (id: number, content: Code) => {
    sink.append(id, indexOf);
    appendSized(sink, content, indexOf);
  };
  sink.append(magicAndVersion, indexOf);
  section(1, vector(typeEntries));
  section(2, vector([[text('env'), text('memory'), 0x02, limits]]));
  section(3, vector(typeIndices.map(unsigned)));
  section(7, vector(functions.map((code, position) => [text(String(position)), 0x00, unsigned(indexOf(code))])));
  const code = bodies.finish();
  sink.append([10, unsigned(unsigned(all.length).length + code.length), unsigned(all.length)], indexOf);
  sink.appendBytes(code);
  const names = new ByteSink();
  appendSized(names, vector(all.map(({ name }, index) => [unsigned(index), text(name)])), indexOf);
  section(0, [text('name'), 0x01, [...names.finish()]]);
  return sink.finish();
}

/** Content preceded by its length in bytes. */
function appendSized(sink: ByteSink, content: Code, indexOf: (callee: FunctionCode) => number): void {
  const inner = new ByteSink();
  inner.append(content, indexOf);
  const bytes = inner.finish();
  sink.append(unsigned(bytes.length), indexOf);
  sink.appendBytes(bytes);
}

/** Of lists of value types, separated by commas. */
function functionType(parameters: string, results: string): Code {
  const list = (types: string) => (types === '' ? [] : (types.split(',') as ValueType[]));
  return [0x60, ...[parameters, results].map((types) => vector(list(types).map((type) => valueTypeByte[type])))];
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

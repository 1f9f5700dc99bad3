// Counts the bytes of typed arrays that code asks for while it runs, by standing in for their constructors. Must be called
// before the modules to be watched are loaded: some keep the constructors under names of their own.
const kinds = [
  'Uint8Array',
  'Int8Array',
  'Uint16Array',
  'Int16Array',
  'Uint32Array',
  'Int32Array',
  'Float32Array',
  'Float64Array',
] as const;

export interface MemoryCount {
  /** Bytes asked for since the last call. */
  take(): number;
  restore(): void;
}

/** Asking for more than `mostBytes` at once throws at once, so that a test ends in words and not in an exhausted machine. */
export function countMemory(mostBytes: number): MemoryCount {
  let bytes = 0;
  const own = kinds.map((kind) => [kind, globalThis[kind]] as const);
  const count = (size: number): void => {
    bytes += size;
    if (size > mostBytes) throw new Error(`${size} bytes were asked for at once`);
  };
  for (const [kind, original] of own) {
    const stand: typeof original = new Proxy<typeof original>(original, {
      construct(target, args: readonly unknown[], newTarget): object {
        const [first] = args;
        if (typeof first === 'number') count(first * target.BYTES_PER_ELEMENT);
        else if (Array.isArray(first) || ArrayBuffer.isView(first))
          count((first as unknown as ArrayLike<number>).length * target.BYTES_PER_ELEMENT);
        return Reflect.construct(target, args, newTarget === stand ? target : newTarget);
      },
    });
    Object.defineProperty(globalThis, kind, { value: stand, configurable: true, writable: true });
  }
  return {
    take() {
      const taken = bytes;
      bytes = 0;
      return taken;
    },
    restore() {
      for (const [kind, original] of own)
        Object.defineProperty(globalThis, kind, { value: original, configurable: true, writable: true });
    },
  };
}

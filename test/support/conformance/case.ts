// What a conformance case is: one entry of a manifest of reference material, proven by one or more checks. The command and
// the Vitest suites run the same checks. A check that does not hold throws an error whose message is the reason.

export interface Check {
  readonly name: string;
  run(): void | Promise<void>;
}

export interface ConformanceCase {
  /** As the manifest calls it. */
  readonly name: string;
  readonly checks: readonly Check[];
}

export interface Suite {
  /** As the report calls it: `golden/operators`. */
  readonly folder: string;
  /** How many of the cases found must pass. */
  bar(found: number): number;
  /** Every case of the manifest; empty where the folder is not at hand. */
  cases(): readonly ConformanceCase[];
}

/** The checks of a case that nothing here takes. */
export function unsupported(reason: string): readonly Check[] {
  const run = () => {
    throw new Error(reason);
  };
  return [{ name: 'not supported', run }];
}

/** The reason why a case does not hold; null where it does. */
export async function runCase({ checks }: ConformanceCase): Promise<string | null> {
  for (const { name, run } of checks) {
    try {
      await run();
    } catch (error) {
      return `${name}: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
  return null;
}

/** Throws unless every number is near: |a − b| ≤ `limit(b)`; integers must be equal. */
export function requireNear(
  what: string,
  actual: ArrayLike<number> | undefined,
  expected: Float32Array | Int32Array,
  limit: (expected: number) => number,
): void {
  if (actual?.length !== expected.length) {
    throw new Error(`${what} has ${actual?.length ?? 'no'} elements, expected ${expected.length}`);
  }
  for (const [i, b] of expected.entries()) {
    const a = actual[i] as number;
    const near = expected instanceof Int32Array ? a === b : Object.is(a, b) || Math.abs(a - b) <= limit(b);
    if (!near) throw new Error(`${what}[${i}] is ${a}, expected ${b}`);
  }
}

/** Throws unless the largest deviation is below `tolerance`, relative to the largest expected number (at least `least`). */
export function requireClose(
  what: string,
  actual: ArrayLike<number> | undefined,
  expected: ArrayLike<number>,
  tolerance: number,
  least = 1e-6,
): void {
  if (actual?.length !== expected.length) {
    throw new Error(`${what} has ${actual?.length ?? 'no'} elements, expected ${expected.length}`);
  }
  let [worst, at, size] = [0, 0, least];
  for (let i = 0; i < expected.length; i++) {
    const off = Math.abs((actual[i] as number) - (expected[i] as number));
    size = Math.max(size, Math.abs(expected[i] as number));
    if (off <= worst) continue;
    [worst, at] = [Number.isNaN(off) ? Number.POSITIVE_INFINITY : off, i];
  }
  if (!(worst / size < tolerance)) {
    throw new Error(
      `${what}[${at}] is ${actual[at]}, expected ${expected[at]}: off by ${(worst / size).toExponential(1)} of the largest`,
    );
  }
}

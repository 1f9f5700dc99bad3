// Which register tile to use: measured once on each engine, since no tile is best on all of them. Results are the same for every
// tile, so that this is only about speed, and a wrong answer on a busy machine does no harm.
import type { GemmSpec } from '../program/kernel-spec.ts';
import type { Tile } from './emit/emitter.ts';
import { gemm } from './emit/gemm.ts';
import { moduleOf } from './encoder/module.ts';

/** The tile that fills the 15 vector registers of x86-64 engines without spilling; a product needs one without FMA. */
export function defaultTile(fma: boolean): Tile {
  return fma ? { rows: 6, columns: 8 } : { rows: 4, columns: 8 };
}

/** Those that fill registers well somewhere. */
export const candidateTiles: readonly Tile[] = [
  { rows: 4, columns: 8 },
  { rows: 6, columns: 8 },
  { rows: 3, columns: 12 },
  { rows: 2, columns: 16 },
];

/** Whether a kept answer is one that could be given. */
export function isCandidate(tile: unknown): tile is Tile {
  const { rows, columns } = (tile ?? {}) as Partial<Tile>;
  return candidateTiles.some((each) => each.rows === rows && each.columns === columns);
}

export interface TuneOptions {
  readonly fma: boolean;
  /** Milliseconds. */
  now(): number;
  /** Lets others work, and the engine compile what was called often. */
  pause(): Promise<void>;
}

const [m, n, k] = [96, 96, 192];
const operand = (row: number) => ({ offset: 0, batch: [], row, column: 1 });
/** 3.5 MFLOP, 0.1 ms: long enough for clocks, short enough to be called often. */
const product: GemmSpec = { op: 'gemm', batch: [], m, n, k, a: operand(k), b: operand(n), epilogue: null };

/** Calls before measuring, a few at a time: engines make hot code fast in the background. */
const warmUps = 6;
const callsAtOnce = 8;
const rounds = 8;
/** A tile must be so much faster than the default: less is noise. */
const leastGain = 0.04;

/** The fastest tile: some 30 ms of work in small pieces. */
export async function tuneTile({ fma, now, pause }: TuneOptions): Promise<Tile> {
  const memory = new WebAssembly.Memory({ initial: 8 });
  new Float32Array(memory.buffer).fill(0.5);
  const codes = candidateTiles.map((tile) => gemm.emit(product, { fma, numerics: 'fast', tile }));
  const module = new WebAssembly.Module(moduleOf(codes, { shared: false }));
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const extent = gemm.extent(product);
  const [a, b, c, workspace] = [0, 4 * m * k + 64, 4 * (m * k + k * n) + 128, 4 * (m * k + k * n + m * n) + 192];
  const runs = candidateTiles.map((_, i) => {
    const run = exports[String(i)] as (...integers: number[]) => void;
    return () => {
      for (let call = 0; call < callsAtOnce; call++) run(a, b, c, workspace, 0, extent);
    };
  });
  for (let i = 0; i < warmUps; i++) {
    for (const run of runs) run();
    await pause();
  }
  const best = runs.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < rounds; round++) {
    for (const [i, run] of runs.entries()) {
      const start = now();
      run();
      best[i] = Math.min(best[i] as number, now() - start);
    }
    await pause();
  }
  const usual = defaultTile(fma);
  const own = candidateTiles.findIndex(({ rows, columns }) => rows === usual.rows && columns === usual.columns);
  const fastest = best.indexOf(Math.min(...best));
  return (best[fastest] as number) < (1 - leastGain) * (best[own] as number)
    ? (candidateTiles[fastest] as Tile)
    : usual;
}

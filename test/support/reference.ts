// Where reference material lies, and readers for the golden values. Looked for in $CHAINRULE_REFERENCE, then ../shared;
// golden values also in test/golden, so that a fresh clone proves itself. The readers share no code with src/: truth must
// come from outside what is tested.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** One tensor of a golden file. */
export interface GoldenTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}

export interface GoldenInput {
  readonly name: string;
  readonly tensor: string;
  readonly dtype: 'F32' | 'I32';
  readonly shape: readonly number[];
  /** Name of the tensor with ∂/∂input of Σ output·upstream; absent where not differentiable. */
  readonly grad?: string;
}

export interface GoldenOutput {
  readonly name: string;
  readonly tensor: string;
  readonly dtype: 'F32' | 'I32';
  readonly shape: readonly number[];
  /** Name of the tensor that weighs this output in the sum; absent for outputs that are only compared. */
  readonly upstream?: string;
}

/** One forward and backward pass of one operator. */
export interface GoldenCase {
  readonly id: string;
  readonly op: string;
  readonly file: string;
  readonly attrs: Readonly<Record<string, unknown>>;
  readonly inputs: readonly GoldenInput[];
  readonly outputs: readonly GoldenOutput[];
  readonly f32_err?: Readonly<Record<string, number>>;
  readonly tags?: readonly string[];
  readonly note?: string;
}

/** An entry whose fields depend on its `kind` (see test/golden/README.md). */
export type GoldenEntry = Readonly<Record<string, unknown>> & { readonly id: string };

export interface GoldenManifest {
  readonly format: string;
  readonly version: number;
  readonly cases: readonly GoldenCase[];
  readonly optimizers: readonly GoldenEntry[];
  readonly initializers: readonly GoldenEntry[];
  readonly networks: readonly GoldenEntry[];
}

const projectRoot = resolve(import.meta.dirname, '../..');

/** The folder that holds `golden/`, `data/`, `models/` …, or undefined where there is only the committed copy of `golden/`. */
export function referenceRoot(): string | undefined {
  const wanted = process.env['CHAINRULE_REFERENCE'];
  if (wanted !== undefined && wanted !== '') {
    if (!existsSync(wanted)) throw new Error(`CHAINRULE_REFERENCE is ${wanted}, which does not exist`);
    return resolve(wanted);
  }
  const beside = resolve(projectRoot, '../shared');
  return existsSync(join(beside, 'golden')) ? beside : undefined;
}

/** A file or folder of the reference material such as `data/mnist`, or undefined where it is not at hand. */
export function referencePath(part: string): string | undefined {
  const root = referenceRoot();
  const path = root === undefined ? undefined : join(root, part);
  if (path !== undefined && existsSync(path)) return path;
  const copy = join(projectRoot, 'test', part);
  return part.split('/')[0] === 'golden' && existsSync(copy) ? copy : undefined;
}

/** The folder of the golden values; it always exists. */
export function goldenFolder(): string {
  return referencePath('golden') ?? join(projectRoot, 'test', 'golden');
}

/** The list of all golden cases. */
export function loadGoldenManifest(): GoldenManifest {
  return JSON.parse(readFileSync(join(goldenFolder(), 'manifest.json'), 'utf8')) as GoldenManifest;
}

/** The tensors of one golden file (`conv2d.safetensors`) by name. */
export function loadGoldenTensors(file: string): ReadonlyMap<string, GoldenTensor> {
  const bytes = readFileSync(join(goldenFolder(), file));
  const headerLength = Number(bytes.readBigUInt64LE(0));
  const dataStart = 8 + headerLength;
  const header = JSON.parse(bytes.toString('utf8', 8, dataStart)) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  >;
  const tensors = new Map<string, GoldenTensor>();
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const [begin, end] = entry.data_offsets;
    // A copy, because the data need not start at a multiple of four bytes.
    const raw = new Uint8Array(bytes.subarray(dataStart + begin, dataStart + end)).buffer;
    tensors.set(name, { shape: entry.shape, data: elements(entry.dtype, raw, `${file}: ${name}`) });
  }
  return tensors;
}

function elements(dtype: string, raw: ArrayBuffer, where: string): Float32Array | Int32Array {
  if (dtype === 'F32') return new Float32Array(raw);
  if (dtype === 'I32') return new Int32Array(raw);
  throw new Error(`${where}: golden files hold F32 and I32 only, not ${dtype}`);
}

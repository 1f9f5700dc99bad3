// The numbers of a document that its seed alone does not give (trained, loaded, written by hand), as a file for a later engine
// to go on with: parameters, running statistics, slots of the optimiser, the iteration. Where the file is kept is the page's.
import type { BoundPlan } from '../../runtime/workspace.ts';
import { type Diagnostic, hasErrors, warning } from '../../tensor/diagnostic.ts';
import { numel, sameShape } from '../../tensor/shape.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { Debug } from '../project.ts';
import type { KeepRequest, KeptState } from '../protocol.ts';
import type { ParkedTensors } from './parked-tensors.ts';
import { type RateState, readRateState } from './rate-state.ts';
import { settledTensors } from './settled-tensors.ts';

export interface KeptReading {
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** Iterations done. */
  readonly iteration: number;
  readonly rateState: RateState;
  readonly diagnostics: readonly Diagnostic[];
}

export interface NumbersNow {
  readonly debug: Debug | null;
  readonly parked: ParkedTensors;
  /** Those of a file that the graph cannot take yet. */
  readonly incoming: ReadonlyMap<string, Tensor> | null;
  /** Those that the rest of a graph waits for, where only part of it runs. */
  readonly waiting: ReadonlyMap<string, Tensor>;
  readonly iteration: number;
  /** What of the rates the graph does not say. */
  readonly rateState: RateState;
  /** Whether there is anything that the seed does not give. */
  readonly own: boolean;
  /** Tells states apart: the same mark, the same numbers. */
  readonly mark: string;
}

const [iterationKey, rateKey] = ['iteration', 'rates'] as const;

/** Never throws: what cannot be read is told, and nothing of it is taken. */
export async function readKept(file: Blob): Promise<KeptReading> {
  const { readSafetensors } = await import('../../formats/safetensors/read-safetensors.ts');
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(await file.arrayBuffer());
  } catch (reason) {
    return lost(reason instanceof Error ? reason.message : String(reason));
  }
  const { tensors, metadata, diagnostics } = readSafetensors(bytes);
  const fault = diagnostics.find(({ severity }) => severity === 'error');
  if (fault) return lost(fault.message);
  const iteration = Number(metadata.get(iterationKey) ?? Number.NaN);
  if (hasErrors(diagnostics) || !Number.isSafeInteger(iteration) || iteration < 0) return lost('no iteration is given');
  return { tensors, iteration, rateState: readRateState(metadata.get(rateKey)), diagnostics: [] };
}

function lost(reason: string): KeptReading {
  const hint = { hint: 'Load them from a file, open the model again, or train anew.' };
  const message = `the weights that this browser kept cannot be read (${reason}): every weight starts as the graph says`;
  return {
    tensors: new Map(),
    iteration: 0,
    rateState: {},
    diagnostics: [warning('W_KEPT_WEIGHTS', message, {}, hint)],
  };
}

/** Copies what still fits by name, type and shape; what the graph has meanwhile changed starts as it says. */
export function assignKept(bound: BoundPlan, tensors: ReadonlyMap<string, Tensor>): void {
  for (const [name, tensor] of tensors) {
    const index = bound.find(name);
    const value = index === undefined ? undefined : bound.plan.values[index];
    if (index === undefined || !value || value.region !== 'persistent') continue;
    if (value.kind !== 'parameter' && value.kind !== 'state' && value.kind !== 'slot') continue;
    if (value.dtype === tensor.dtype && sameShape(value.shape, tensor.shape)) bound.view(index).set(tensor.data);
  }
}

/** The file, or null where it says what `since` said. */
export async function keptState(now: () => NumbersNow | null, { since, most }: KeepRequest): Promise<KeptState | null> {
  // Its writer is loaded where there is something to write; meanwhile the state may be another.
  const { writeSafetensors } = now()?.own
    ? await import('../../formats/safetensors/write-safetensors.ts')
    : { writeSafetensors: null };
  const state = now();
  if (state === null || state.mark === since) return null;
  const { debug, parked, incoming, waiting, mark, iteration, rateState } = state;
  if (!state.own || writeSafetensors === null) return { mark, bytes: 0, file: null };
  const own = debug ? settledTensors(debug, ['parameter', 'state', 'slot']) : parked.latest();
  const tensors = incoming ?? new Map([...waiting, ...own]);
  let bytes = 0;
  for (const { shape } of tensors.values()) bytes += 4 * numel(shape);
  if (bytes > most) return { mark, bytes, file: null };
  const metadata = new Map([
    [iterationKey, String(iteration)],
    [rateKey, JSON.stringify(rateState)],
  ]);
  const file = writeSafetensors(tensors, metadata) as Uint8Array<ArrayBuffer>;
  return { mark, bytes, file: new Blob([file]) };
}

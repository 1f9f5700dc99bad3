// Numbers on their way into the graph that is being opened: of a model's file, of a session, of what the browser kept. They wait
// until a plan stands that can take them, through as many openings as it needs.
import type { Timeline } from '../../debugger/timeline/timeline.ts';
import type { SessionContent } from '../../formats/session/session-file.ts';
import type { Diagnostic } from '../../tensor/diagnostic.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { Contents } from '../files/open-files.ts';
import { engineNote, standAsSaved } from '../files/session-file.ts';
import type { Debug } from '../project.ts';
import { assignWeights } from './assign-weights.ts';
import { assignKept, type KeptReading } from './kept-numbers.ts';
import { type RateState, resumeRateState } from './rate-state.ts';

/** With which numbers a graph begins. */
export interface Beginning {
  readonly iteration: number;
  /** Whether there are numbers that neither seed nor training gave. */
  readonly given: boolean;
}

export interface IncomingNumbers {
  /** Of a model's file. */
  readonly weights: ReadonlyMap<string, Tensor> | null;
  /** Of these and of kept ones, what a graph that only runs in part could not take yet. */
  readonly rest: ReadonlyMap<string, Tensor>;
  /** Kept numbers wait still: they are where they were kept. */
  readonly returning: boolean;
  /** Another document: what waited was another's. Undefined where nothing says with what it begins. */
  replace(contents: Contents | null, kept: KeptReading | null, fresh: boolean): Beginning | undefined;
  /** Writes what waits, and stands where a session stood. `isWhole`: the graph runs, not only part of it. */
  assign(
    debug: Debug,
    timeline: Timeline,
    how: { readonly fusedMultiplyAdd: boolean; readonly isWhole: boolean },
  ): Assigned;
}

export interface Assigned {
  readonly diagnostics: readonly Diagnostic[];
  /** Weights of a model were written. */
  readonly weights: boolean;
  /** The cursor is a session's. */
  readonly stands: boolean;
}

/** With nothing on its way. */
export function createIncomingNumbers(): IncomingNumbers {
  let weights: ReadonlyMap<string, Tensor> | null = null;
  let session: SessionContent | null = null;
  let returning: ReadonlyMap<string, Tensor> | null = null;
  let rateState: RateState | null = null;
  let rest: ReadonlyMap<string, Tensor> = new Map();
  return {
    get weights() {
      return weights;
    },
    get rest() {
      return rest;
    },
    get returning() {
      return returning !== null;
    },
    replace(contents, kept, fresh) {
      if (contents !== null || fresh) {
        weights = contents?.kind === 'weights' ? contents.tensors : null;
        session = contents?.kind === 'session' ? contents.session : null;
        returning = rateState = null;
        rest = new Map();
      }
      if (contents?.kind === 'session') {
        const { numbers, settings } = contents.session;
        returning = numbers ?? new Map();
        return { iteration: settings.position.iteration, given: numbers !== null };
      }
      if (kept === null || contents !== null) return undefined;
      ({ tensors: returning, rateState } = kept);
      return { iteration: kept.iteration, given: kept.tensors.size > 0 };
    },
    assign(debug, timeline, { fusedMultiplyAdd, isWhole }) {
      const { bound, stepper } = debug;
      const diagnostics: Diagnostic[] = [];
      const [kept, model, saved, rates] = [returning, weights, session, rateState];
      returning = weights = session = rateState = null;
      const late = rest;
      const waiting = [...late, ...(kept ?? []), ...(model ?? [])];
      rest = new Map(isWhole ? [] : waiting.filter(([name]) => bound.find(name) === undefined));
      if (late.size > 0) stepper.refresh(() => assignKept(bound, late));
      if (kept && kept.size > 0) stepper.refresh(() => assignKept(bound, kept));
      if (rates) resumeRateState(debug, timeline, rates);
      if (model) {
        // What the file has no numbers for starts as the graph says: models of constant weights are written so.
        const beside = new Set(['W_WEIGHT_MISSING', ...(isWhole ? [] : ['W_WEIGHT_UNKNOWN', 'E_WEIGHT_NONE'])]);
        const fits = ({ code }: Diagnostic) => !beside.has(code);
        stepper.refresh(() => diagnostics.push(...assignWeights(bound, model).filter(fits)));
      }
      if (saved) {
        const remark = engineNote(saved, fusedMultiplyAdd);
        if (remark) diagnostics.push(remark);
        diagnostics.push(
          ...standAsSaved(debug, timeline, { ...saved, numbers: saved.numbers && without(saved.numbers, rest) }),
        );
      }
      return { diagnostics, weights: model !== null, stands: saved !== null };
    },
  };
}

function without(
  tensors: ReadonlyMap<string, Tensor>,
  others: ReadonlyMap<string, Tensor>,
): ReadonlyMap<string, Tensor> {
  return new Map([...tensors].filter(([name]) => !others.has(name)));
}

// Where the run is to stand after compiling: as far as it goes unasked, or where it stood among the steps of an earlier compilation.
import type { CompileReport } from '../../engine/protocol.ts';
import { samePlace } from './same-place.ts';

/** Beyond this many operations the page does not run an iteration by itself after an edit. */
const flopsToRunUnasked = 4e10;

/** Everything but the updates, or a place among the steps of some compilation. */
export type Aim = 'all' | { readonly cursor: number; readonly steps: CompileReport['steps'] };

/** The cursor to run to; updates of parameters are never run unasked, nor those of the iteration behind one that was finished. */
export function aimOf(report: CompileReport, aim: Aim): number {
  if (aim !== 'all' && aim.cursor < aim.steps.length) return samePlace(aim.steps, aim.cursor, report.steps);
  const firstUpdate = report.steps.findIndex((step) => step.phase === 'update');
  const settled = firstUpdate < 0 ? report.steps.length : firstUpdate;
  let flops = 0;
  for (const node of Object.values(report.nodes)) flops += node.flops;
  return flops > flopsToRunUnasked ? 0 : settled;
}

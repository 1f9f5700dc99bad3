// The debugger's commands on a stepper, breakpoints included, to be driven step by step. Pure movement: what is shown afterwards is
// asked for separately.
import { isInside } from '../debugger/halts/breakpoints.ts';
import type { PlanStep } from '../program/plan.ts';
import { assertNever } from '../tensor/assert.ts';
import type { Debug } from './project.ts';
import type { ControlCommand, SessionState } from './protocol.ts';

export type StopReason = SessionState['stoppedBy'];

/**
 * Moves the cursor; answers why it stopped. `stops` is asked at every cursor that is come to: whether a breakpoint is there. Yields
 * between steps: who goes no further finds it standing where it came to. `entered`: the iteration that the command goes to first is
 * stood in already, at its start or (backwards) at its end.
 */
export function* control(
  { stepper, bound }: Debug,
  command: ControlCommand,
  stops: (cursor: number) => boolean,
  entered = false,
): Generator<void, StopReason> {
  const { steps } = bound.plan;
  const reached = (): StopReason => (stepper.cursor === 0 ? 'start' : stepper.cursor === steps.length ? 'end' : 'step');

  switch (command.kind) {
    case 'step': {
      const here = steps[stepper.cursor] ?? steps[0];
      const { over, by = 'node' } = command;
      if (by === 'iteration') return yield* toNextIteration();
      const stopped = yield* forward(
        (next) =>
          !(next.phase === here?.phase && (by === 'phase' || (over !== undefined && isInside(next.node, over)))),
      );
      return stopped === 'breakpoint' ? stopped : reached();
    }
    case 'step_back': {
      const { over, by = 'node' } = command;
      if (by !== 'node') return yield* farBack(by);
      const here = yield* back();
      for (let last = steps[stepper.cursor - 1]; over !== undefined && last; last = steps[stepper.cursor - 1]) {
        if (last.phase !== here?.phase || !isInside(last.node, over) || stops(stepper.cursor)) break;
        yield* back();
      }
      return stops(stepper.cursor) && over !== undefined ? 'breakpoint' : reached();
    }
    case 'continue':
      return yield* forward(() => false, true);
    case 'reverse_continue':
      yield* back();
      while (stepper.cursor > 0 && !stops(stepper.cursor)) {
        yield;
        stepper.stepBack();
      }
      return stops(stepper.cursor) ? 'breakpoint' : 'start';
    case 'finish':
      yield* runTo(steps.length);
      return 'end';
    case 'run_to':
      yield* runTo(Math.min(Math.max(0, command.step), steps.length));
      return reached();
    case 'run_to_node':
      return yield* runToNode(command.path, command.phase);
    case 'step_out': {
      const here = steps[Math.min(stepper.cursor, steps.length - 1)];
      const scope = here?.node.includes('/') ? here.node.slice(0, here.node.lastIndexOf('/') + 1) : null;
      return yield* forward((next) => scope === null || next.phase !== here?.phase || !next.node.startsWith(scope));
    }
    case 'restart':
      stepper.restart();
      return 'start';
    default:
      return assertNever(command);
  }

  /** `heedFirst`: a breakpoint on the first step of an iteration that begins here stops, too. */
  function* forward(until: (next: PlanStep) => boolean, heedFirst = false): Generator<void, StopReason> {
    const begins = entered || stepper.cursor === steps.length;
    if (begins && !entered) stepper.nextIteration();
    let first = !(begins && heedFirst);
    for (;;) {
      const next = steps[stepper.cursor];
      if (!first && stops(stepper.cursor)) return 'breakpoint';
      if (!next) return 'end';
      if (!first && until(next)) return 'step';
      stepper.step();
      first = false;
      yield;
    }
  }

  /** One step, at the start of an iteration to the end of the one before; answers the step that is undone. */
  function* back(): Generator<void, PlanStep | undefined> {
    const here = steps[stepper.cursor - 1];
    if (entered) {
      entered = false;
      return undefined;
    }
    if (stepper.cursor > 0) stepper.stepBack();
    else if (stepper.iteration > 0 && stepper.seek(stepper.iteration - 1, 0)) {
      while (stepper.step()) yield;
    }
    return here;
  }

  /** The start of the next iteration, unless a breakpoint stands before it. */
  function* toNextIteration(): Generator<void, StopReason> {
    if (!entered) {
      if (stepper.cursor < steps.length && (yield* forward(() => false)) === 'breakpoint') return 'breakpoint';
      stepper.nextIteration();
    }
    return stops(0) ? 'breakpoint' : 'start';
  }

  /** The start of the phase or of the iteration; from there, of the one before. */
  function* farBack(by: 'phase' | 'iteration'): Generator<void, StopReason> {
    if (by === 'iteration') {
      if (stepper.cursor > 0) stepper.restart();
      else if (stepper.iteration > 0) stepper.seek(stepper.iteration - 1, 0);
      return 'start';
    }
    yield* back();
    const phase = steps[stepper.cursor]?.phase;
    while (steps[stepper.cursor - 1]?.phase === phase && stepper.cursor > 0) stepper.stepBack();
    return reached();
  }

  /** Past breakpoints; log points on the way forwards are heeded. */
  function* runTo(target: number): Generator<void, void> {
    while (stepper.cursor < target && stepper.step()) {
      stops(stepper.cursor);
      yield;
    }
    stepper.runTo(target);
  }

  /** Just after the node's next step; from the end on, in the next iteration. */
  function* runToNode(path: string, phase: PlanStep['phase'] | undefined): Generator<void, StopReason> {
    const fits = (step: PlanStep) => isInside(step.node, path) && (phase === undefined || step.phase === phase);
    let target = steps.findIndex((step, i) => i >= stepper.cursor && fits(step));
    if (target < 0) {
      target = steps.findIndex(fits);
      if (target < 0) return reached();
      if (target >= stepper.cursor || stepper.cursor < steps.length) yield* runTo(steps.length);
      stepper.nextIteration();
    }
    yield* runTo(target + 1);
    return reached();
  }
}

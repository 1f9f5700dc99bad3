// Watches: expressions looked at where a session stops, each with the numbers of earlier looks, one an iteration. A tensor shows its
// mean and its range.
import { type Condition, parseCondition, type Reduction } from '../../language/condition.ts';
import type { BoundPlan } from '../../runtime/workspace.ts';
import type { Shape } from '../../tensor/shape.ts';
import { type ConditionHost, compileExpression } from '../conditions/conditions.ts';
import type { WatchAnswer, WatchSetting } from './halt.ts';

export interface WatchList {
  readonly empty: boolean;
  /** Replaces all; what asks the same keeps its history. */
  set(list: readonly WatchSetting[]): void;
  /** At a cursor of the plan, at those that can only be looked at behind `after`; answers the cursor at which all can be. */
  look(bound: BoundPlan, host: ConditionHost, cursor: number, after?: number): number;
  /** From this iteration on the run is another. */
  rewind(iteration: number): void;
  answers(): readonly WatchAnswer[];
}

/** Looks kept of a watch. */
const mostLooks = 512;

interface Bound {
  readonly bound: BoundPlan;
  readonly shape: Shape;
  readonly cursor: number;
  readonly value: () => number;
  readonly range: { readonly min: () => number; readonly max: () => number } | null;
}

interface Watch {
  readonly setting: WatchSetting;
  readonly iterations: number[];
  readonly values: number[];
  bound: Bound | null;
  state: WatchAnswer['state'];
  fault: WatchAnswer['fault'];
  value: number;
  range: WatchAnswer['range'];
}

/** Empty; what is set stays, with its history, over plans that come and go. */
export function createWatchList(): WatchList {
  let watches: Watch[] = [];

  return {
    get empty() {
      return watches.length === 0;
    },
    set(list) {
      const before = watches;
      watches = list.map((setting) => {
        const known = before.find(
          (each) =>
            each.setting.id === setting.id &&
            each.setting.expression === setting.expression &&
            each.setting.path === setting.path,
        );
        return known ?? fresh(setting);
      });
    },
    look(bound, host, cursor, after = -1) {
      let last = 0;
      for (const watch of watches) {
        const own = watch.bound?.bound === bound ? watch.bound : bindWatch(watch, bound, host);
        if (!own) continue;
        last = Math.max(last, own.cursor);
        if (own.cursor <= after) continue;
        if (cursor < own.cursor) {
          watch.state = 'pending';
          continue;
        }
        watch.state = 'computed';
        watch.value = own.value();
        watch.range = own.range && { min: own.range.min(), max: own.range.max() };
        note(watch, host.iteration());
      }
      return last;
    },
    rewind(iteration) {
      for (const { iterations, values } of watches) {
        const from = iterations.findIndex((each) => each >= iteration);
        if (from >= 0) iterations.length = values.length = from;
      }
    },
    answers: () =>
      watches.map(({ setting, state, fault, bound, value, range, iterations, values }) => ({
        id: setting.id,
        state,
        fault,
        shape: bound?.shape ?? [],
        value,
        range,
        history: { iterations: Float64Array.from(iterations), values: Float64Array.from(values) },
      })),
  };
}

function fresh(setting: WatchSetting): Watch {
  const nothing = { bound: null, state: 'pending' as const, fault: null, value: Number.NaN, range: null };
  return { setting, iterations: [], values: [], ...nothing };
}

function bindWatch(watch: Watch, bound: BoundPlan, host: ConditionHost): Bound | null {
  const { expression, path } = watch.setting;
  watch.bound = null;
  const parsed = parseCondition(expression);
  const result = parsed.ok ? compileExpression(parsed.condition, { bound, host, node: path }) : parsed;
  if (!parsed.ok || !result.ok) {
    watch.state = 'fault';
    watch.fault = result.ok ? null : result.fault;
    return null;
  }
  const { shape, cursor, evaluate } = result.compiled;
  const reduced = (reduction: Reduction): (() => number) => {
    const { from, to } = parsed.condition;
    const whole: Condition = { kind: 'call', function: reduction, operand: parsed.condition, from, to };
    const compiled = compileExpression(whole, { bound, host, node: path });
    return compiled.ok ? compiled.compiled.evaluate : evaluate;
  };
  const scalar = shape.length === 0;
  watch.fault = null;
  watch.bound = {
    bound,
    shape,
    cursor,
    value: scalar ? evaluate : reduced('mean'),
    range: scalar ? null : { min: reduced('min'), max: reduced('max') },
  };
  return watch.bound;
}

/** One look an iteration, the last; in order of iterations, wherever the session went. */
function note({ iterations, values, value }: Watch, iteration: number): void {
  let at = iterations.length;
  while (at > 0 && (iterations[at - 1] as number) > iteration) at--;
  if (iterations[at - 1] === iteration) {
    values[at - 1] = value;
    return;
  }
  iterations.splice(at, 0, iteration);
  values.splice(at, 0, value);
  if (iterations.length > mostLooks) {
    iterations.shift();
    values.shift();
  }
}

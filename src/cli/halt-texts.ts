// `--break`, `--log` and `--watch` as they are typed, and complaints about them with a caret under the place.
import {
  type Breakpoint,
  type BreakpointFault,
  conditionError,
  type DebuggingOpening,
  parseHaltPlace,
  type WatchSetting,
} from '../index.ts';
import { CommandFailure } from './failure.ts';

interface Typed {
  readonly option: string;
  readonly text: string;
  /** Where the condition or message begins in the text. */
  readonly from: number;
}

export interface HaltTexts {
  readonly breakpoints: readonly Breakpoint[];
  readonly watches: readonly WatchSetting[];
  /** Throws a usage failure where something of theirs is not understood. */
  settle(faults: DebuggingOpening['faults']): void;
}

export interface GivenTexts {
  readonly breaks: readonly string[];
  readonly hits: string | undefined;
  readonly logs: readonly string[];
  readonly watches: readonly string[];
  /** What watches are called in complaints. */
  readonly watchOption: string;
}

/** Throws a usage failure where a place is not understood. */
export function readHaltTexts({ breaks, hits, logs, watches, watchOption }: GivenTexts): HaltTexts {
  const typed = new Map<string, Typed>();
  const placed = (option: string, text: string, id: string) => {
    const place = parseHaltPlace(text);
    if (!place.ok) throw complaint(option, text, place.fault);
    const { path, phase, rest, from } = place.value;
    typed.set(id, { option, text, from });
    return { path, phase, rest, from };
  };
  const breakpoints = breaks.map((text, index): Breakpoint => {
    const id = `break ${index}`;
    const { path, phase = 'forward', rest } = placed('--break', text, id);
    return { id, path, phase, enabled: true, ...texts({ condition: rest, hits }) };
  });
  const logPoints = logs.map((text, index): Breakpoint => {
    const id = `log ${index}`;
    const place = parseHaltPlace(text);
    // A message may hold colons: only a place with its phase is one.
    const placeless = !place.ok || place.value.phase === undefined || place.value.rest === '';
    const { path, phase = 'forward', rest, from } = placeless ? { path: '', rest: text, from: 0 } : place.value;
    typed.set(id, { option: '--log', text, from });
    return { id, path, phase, enabled: true, log: rest.trim() };
  });
  return {
    breakpoints: [...breakpoints, ...logPoints],
    watches: watches.map((text, index): WatchSetting => {
      const id = `watch ${index}`;
      const { path, rest } = placed(watchOption, text, id);
      return { id, path, expression: rest };
    }),
    settle(faults) {
      const lines = faults.map((fault) => complaintOf(fault, typed.get(fault.id), hits));
      if (lines.length > 0) throw new CommandFailure(lines.join('\n'), 2);
    },
  };
}

function texts(given: { readonly condition: string; readonly hits: string | undefined }) {
  const { condition, hits } = given;
  return { ...(condition.trim() === '' ? {} : { condition }), ...(hits === undefined ? {} : { hits }) };
}

function complaintOf(fault: BreakpointFault, typed: Typed | undefined, hits: string | undefined): string {
  if (fault.field === 'hits') return complaint('--hits', hits ?? '', fault).message;
  const { option, text, from } = typed as Typed;
  const blank = /^\s*/.exec(text.slice(from))?.[0].length ?? 0;
  const shift = fault.field === 'path' ? 0 : from + (option === '--log' ? blank : 0);
  const { span, message } = fault;
  return complaint(option, text, { span: { from: span.from + shift, to: span.to + shift }, message }).message;
}

function complaint(option: string, text: string, fault: Pick<BreakpointFault, 'span' | 'message'>): CommandFailure {
  const { message, hint } = conditionError(text, fault);
  return new CommandFailure(`${option}: ${message}${hint ?? ''}`, 2);
}

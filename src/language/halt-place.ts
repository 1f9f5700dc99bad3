// Where something halts, as it is typed: `fc1.backward: norm(grad(weight)) > 10`, `rnn/cell.forward`, `fc1: any(isnan(y))`, or a
// condition of the whole graph alone. What stands behind the colon is read by whoever needs it.
import { meant } from './nearest.ts';
import type { Span } from './tokens.ts';
import { parsePath } from './value-name.ts';

const phases = ['forward', 'backward', 'update'] as const;

export interface HaltPlace {
  /** Instance path; '' for the whole graph. */
  readonly path: string;
  /** Absent where none is named. */
  readonly phase?: (typeof phases)[number];
  /** What follows the colon, and where it begins; '' where nothing does. */
  readonly rest: string;
  readonly from: number;
}

export type ParsedHaltPlace =
  | { readonly ok: true; readonly value: HaltPlace }
  | { readonly ok: false; readonly fault: { readonly span: Span; readonly message: string } };

/** Never throws. `rest` is the whole text where it begins with no place. */
export function parseHaltPlace(text: string): ParsedHaltPlace {
  // A colon behind # is a comment's.
  const colon = text.replace(/#[\s\S]*/, '').indexOf(':');
  const head = (colon < 0 ? text : text.slice(0, colon)).trim();
  const at = text.length - text.trimStart().length;
  const span = { from: at, to: at + head.length };
  const [, path = head, word] = /^([^.]*)\.([A-Za-z_]\w*)$/.exec(head) ?? [];
  const phase = phases.find((each) => each === word);
  if (colon < 0 && phase === undefined) return { ok: true, value: { path: '', rest: text, from: 0 } };
  if (word !== undefined && phase === undefined)
    return fault(
      { from: span.to - word.length, to: span.to },
      `\`${word}\` is no phase${meant(word, phases) || `, only ${phases.join(', ')}`}`,
    );
  const global = path === '' && phase === undefined;
  if (!global && parsePath(path) === null) return fault(span, `\`${path}\` is no path of a node`);
  const rest = colon < 0 ? '' : text.slice(colon + 1);
  const place = { path, rest, from: colon < 0 ? text.length : colon + 1 };
  return { ok: true, value: phase === undefined ? place : { ...place, phase } };
}

function fault(span: Span, message: string): ParsedHaltPlace {
  return { ok: false, fault: { span, message } };
}

// Completions of a condition while it is typed: what may stand at the cursor, the best first. Knows words only; which names there
// are is given. A text that does not parse yet is the usual case, so only the tokens before the cursor count.
import { elementwiseFunctions, quantities, reductions, valueForms } from './condition.ts';

export interface KnownNames {
  /** Ports of the node that the condition belongs to; none for the whole graph. */
  readonly ports: readonly string[];
  /** Value names of the graph without forms: `conv1.y`, `block1/conv1.weight`. */
  readonly values: readonly string[];
  /** Those of `values` that training changes. */
  readonly trained: readonly string[];
  /** Slots that the optimiser keeps for each of them. */
  readonly slots: readonly string[];
}

export interface Completion {
  /** What is written in place of the text between `from` and `to`. */
  readonly text: string;
  readonly kind: 'reduction' | 'function' | 'form' | 'port' | 'value' | 'quantity' | 'word' | 'slot';
  /** Where the cursor comes to stand, from the start of `text`: inside the brackets of a function. */
  readonly cursor: number;
}

export interface Completions {
  readonly from: number;
  readonly to: number;
  readonly items: readonly Completion[];
}

const mostItems = 50;

/** @param cursor offset into the text */
export function completeCondition(text: string, cursor: number, known: KnownNames): Completions {
  const before = text.slice(0, cursor);
  const typed = /[A-Za-z_](?:[\w./]|\[\d*\]?)*$/.exec(before)?.[0] ?? '';
  const from = cursor - typed.length;
  const to = cursor + (/^\w*/.exec(text.slice(cursor))?.[0].length ?? 0);
  const ahead = before.slice(0, from).trimEnd();
  // Inside an index, a comment or a number there is nothing to choose.
  if (/\[[^\]]*$/.test(ahead) || /#[^\n]*$/.test(before) || /[\d.]$/.test(before.slice(0, from)))
    return { from, to, items: [] };
  const items = offered(ahead, text.slice(to).trimStart().startsWith('('), known);
  return { from, to, items: ranked(items, typed).slice(0, mostItems) };
}

function offered(ahead: string, called: boolean, known: KnownNames): readonly Completion[] {
  const plain = (kind: Completion['kind'], names: readonly string[]): Completion[] =>
    names.map((name) => ({ text: name, kind, cursor: name.length }));
  const bracketed = (kind: Completion['kind'], names: readonly string[]): Completion[] =>
    names.map((name) => ({ text: called ? name : `${name}()`, kind, cursor: name.length + (called ? 0 : 1) }));
  const form = /\b(grad|update|next|slot) *\(\s*$/.exec(ahead)?.[1];
  if (form === 'grad') return [...plain('port', known.ports), ...plain('value', known.values)];
  if (form !== undefined) {
    const trained = new Set(known.trained);
    const ports = known.ports.filter((port) => known.trained.some((name) => name.endsWith(`.${port}`)));
    return [
      ...plain('port', ports),
      ...plain(
        'value',
        known.values.filter((name) => trained.has(name)),
      ),
    ];
  }
  if (/\bslot *\([^()]*,\s*$/.test(ahead)) return plain('slot', known.slots);
  // Behind a value comes a sign or a word.
  if (/(?:\w|[)\]])$/.test(ahead) && !/(?:^|\W)(?:and|or|not)$/.test(ahead)) return plain('word', ['and', 'or']);
  return [
    ...plain('port', known.ports),
    ...bracketed('reduction', reductions),
    ...bracketed('function', elementwiseFunctions),
    ...bracketed('form', valueForms),
    ...plain('quantity', quantities),
    ...plain('value', known.values),
    ...plain('word', ['not']),
  ];
}

/** What is typed itself, then those that begin with it, then those with a part that does, then those that hold it. */
function ranked(items: readonly Completion[], typed: string): readonly Completion[] {
  if (typed === '') return items;
  const wanted = typed.toLowerCase();
  const rank = ({ text }: Completion): number => {
    const name = text.toLowerCase();
    if (name === wanted) return 0;
    if (name.startsWith(wanted)) return 1;
    if (name.split(/[/.]/).some((part) => part.startsWith(wanted))) return 2;
    return name.includes(wanted) ? 3 : 4;
  };
  return [0, 1, 2, 3].flatMap((level) => items.filter((item) => rank(item) === level));
}

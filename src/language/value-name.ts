// Value names: `conv1.y`, `rnn[3]/cell.h`, `grad(v)`, `update(p)`, `slot(p, momentum)`, `next(state)`. Parsing never throws;
// print(parse(text)) is the canonical spelling and parse(print(name)) is the name.
import type { Diagnostic } from '../tensor/diagnostic.ts';
import { error } from '../tensor/diagnostic.ts';
import { identifierFault } from './identifier.ts';

interface Base {
  /** Instance path of the node: `block1/conv1`, `rnn[3]/cell`. */
  readonly node: string;
  readonly port: string;
}

/** `grad`: of the loss; `update`: after − before; `slot`: an optimiser's memory of a parameter; `next`: the value to be. */
export type ValueName =
  | (Base & { readonly form: 'value' | 'grad' | 'update' | 'next' })
  | (Base & { readonly form: 'slot'; readonly slot: string });

export interface PathSegment {
  readonly id: string;
  /** Time step, inside a recurrence. */
  readonly time?: number;
}

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly diagnostic: Diagnostic /** 1-based. */; readonly column: number };

/** @param options.defaultPort taken where the text names a node only (`q` for `q.y`); without it that is a fault. */
export function parseValueName(text: string, options: { readonly defaultPort?: string } = {}): Parsed<ValueName> {
  const scanner = new Scanner(text);
  try {
    scanner.space();
    const word = scanner.peekCall();
    const value = word === undefined ? plain(scanner, options.defaultPort) : call(scanner, word, options.defaultPort);
    scanner.space();
    if (!scanner.atEnd()) scanner.fail(`unexpected \`${scanner.rest()}\``);
    return { ok: true, value };
  } catch (fault) {
    if (!(fault instanceof NameFault)) throw fault;
    const diagnostic = error('E_VALUE_NAME', `\`${text.slice(0, 80)}\`, column ${fault.column}: ${fault.message}`);
    return { ok: false, diagnostic, column: fault.column };
  }
}

/** The canonical spelling. */
export function printValueName(name: ValueName): string {
  const value = `${name.node}.${name.port}`;
  if (name.form === 'value') return value;
  return name.form === 'slot' ? `slot(${value}, ${name.slot})` : `${name.form}(${value})`;
}

/** The segments of a path; null when it is not one. The last may carry a time (`rnn[3]` is one step of a recurrence). */
export function parsePath(path: string): readonly PathSegment[] | null {
  const scanner = new Scanner(path);
  try {
    const segments = pathOf(scanner);
    return scanner.atEnd() ? segments : null;
  } catch (fault) {
    if (!(fault instanceof NameFault)) throw fault;
    return null;
  }
}

/** `rnn[3]/cell` */
export function printPath(segments: readonly PathSegment[]): string {
  return segments.map(({ id, time }) => (time === undefined ? id : `${id}[${time}]`)).join('/');
}

/** Where a node stands: `a/b` → `a`; at the top level ''. */
export function parentPath(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}

/** The last segment: `a/b` → `b`. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Joins what is not empty: ('', 'a') → `a`. */
export function joinPath(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('/');
}

/** The path without times, under which parameters shared over time are known: `rnn[3]/cell` → `rnn/cell`. */
export function parameterPath(path: string): string {
  return path.replace(/\[[0-9]+\]/g, '');
}

class NameFault extends Error {
  readonly column: number;
  constructor(column: number, message: string) {
    super(message);
    this.column = column;
  }
}

class Scanner {
  private at = 0;
  private readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  atEnd(): boolean {
    return this.at >= this.text.length;
  }
  rest(): string {
    return this.text.slice(this.at, this.at + 20);
  }
  fail(message: string, at = this.at): never {
    throw new NameFault(at + 1, message);
  }
  space(): void {
    while (this.text[this.at] === ' ') this.at++;
  }
  /** Steps over `char` if it is next. */
  take(char: string): boolean {
    if (this.text[this.at] !== char) return false;
    this.at++;
    return true;
  }
  expect(char: string, why: string): void {
    if (!this.take(char)) this.fail(`expected \`${char}\` ${why}`);
  }
  /** The word before a `(`, without moving. */
  peekCall(): string | undefined {
    return /^([A-Za-z_]\w*) *\(/.exec(this.text.slice(this.at))?.[1];
  }
  word(what: string): string {
    const start = this.at;
    while (/\w/.test(this.text[this.at] ?? '')) this.at++;
    const word = this.text.slice(start, this.at);
    if (word === '') this.fail(`expected ${what}`);
    const fault = identifierFault(word);
    if (fault !== undefined) this.fail(`\`${word}\` ${fault}`, start);
    return word;
  }
  time(): number {
    const start = this.at;
    while (/[0-9]/.test(this.text[this.at] ?? '')) this.at++;
    const digits = this.text.slice(start, this.at);
    if (!/^(0|[1-9][0-9]{0,8})$/.test(digits)) this.fail('expected a time step (0, 1, 2 …)', start);
    return Number(digits);
  }
}

function call(scanner: Scanner, word: string, defaultPort: string | undefined): ValueName {
  if (word !== 'grad' && word !== 'update' && word !== 'next' && word !== 'slot') {
    scanner.fail(`there is no \`${word}(…)\`, only grad, update, slot and next`);
  }
  scanner.word('a form');
  scanner.space();
  scanner.expect('(', `after \`${word}\``);
  scanner.space();
  const { node, port } = plain(scanner, defaultPort);
  scanner.space();
  if (word !== 'slot') {
    scanner.expect(')', `to close \`${word}(\``);
    return { form: word, node, port };
  }
  scanner.expect(',', 'and the name of the slot');
  scanner.space();
  const slot = scanner.word('the name of a slot');
  scanner.space();
  scanner.expect(')', 'to close `slot(`');
  return { form: 'slot', node, port, slot };
}

function plain(scanner: Scanner, defaultPort: string | undefined): ValueName {
  const node = printPath(pathOf(scanner));
  if (scanner.take('.')) return { form: 'value', node, port: scanner.word('a port') };
  if (defaultPort === undefined) scanner.fail('expected `.` and a port');
  return { form: 'value', node, port: defaultPort };
}

function pathOf(scanner: Scanner): PathSegment[] {
  const segments: PathSegment[] = [];
  do {
    const id = scanner.word('a node');
    if (!scanner.take('[')) {
      segments.push({ id });
      continue;
    }
    const time = scanner.time();
    scanner.expect(']', 'after the time step');
    segments.push({ id, time });
  } while (scanner.take('/'));
  return segments;
}

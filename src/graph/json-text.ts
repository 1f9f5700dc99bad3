// Places in JSON text: where a syntax error sits and where a JSON pointer leads, for messages and editor marks. Knows nothing
// of graphs. JSON.parse makes the values; this only walks the text, with a bounded depth.

/** 1-based. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

export interface JsonFault extends TextPlace {
  readonly message: string;
}

export interface TextRange {
  readonly from: TextPlace;
  readonly to: TextPlace;
}

const deepest = 400;

/** The first fault of a text that JSON.parse refuses; undefined when there is none. */
export function findJsonFault(text: string): JsonFault | undefined {
  try {
    new Walker(text, undefined).document();
    return undefined;
  } catch (fault) {
    if (!(fault instanceof WalkFault)) throw fault;
    return { message: fault.message, ...placeAt(text, fault.offset) };
  }
}

/** The range of the value that a JSON pointer names (RFC 6901), or of its nearest ancestor that exists. Valid JSON only. */
export function locatePointer(text: string, pointer: string): TextRange | undefined {
  const walker = new Walker(text, pointerSegments(pointer));
  try {
    walker.document();
  } catch (fault) {
    if (!(fault instanceof WalkFault)) throw fault;
    return undefined;
  }
  return walker.found && { from: placeAt(text, walker.found[0]), to: placeAt(text, walker.found[1]) };
}

/** `['nodes', 3, 'a/b']` → `/nodes/3/a~1b`. */
export function toPointer(segments: readonly PropertyKey[]): string {
  return segments.map((segment) => `/${String(segment).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** The inverse of `toPointer`. */
export function pointerSegments(pointer: string): string[] {
  if (pointer === '') return [];
  return pointer
    .slice(1)
    .split('/')
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function placeAt(text: string, offset: number): TextPlace {
  let line = 1;
  let start = 0;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) {
    line++;
    start = at + 1;
  }
  return { line, column: offset - start + 1 };
}

class WalkFault extends Error {
  readonly offset: number;
  constructor(offset: number, message: string) {
    super(message);
    this.offset = offset;
  }
}

class Walker {
  /** Offsets of the deepest value on the way to the target. */
  found: readonly [number, number] | undefined;
  private foundDepth = -1;
  private at = 0;
  private readonly text: string;
  private readonly target: readonly string[] | undefined;

  constructor(text: string, target: readonly string[] | undefined) {
    this.text = text;
    this.target = target;
  }

  document(): void {
    if (this.text.charCodeAt(0) === 0xfeff) this.at = 1;
    this.value(0, true);
    this.space();
    if (this.at < this.text.length) this.fail('nothing may follow the end of the document');
  }

  /** `onWay`: all segments so far agree with the target. */
  private value(depth: number, onWay: boolean): void {
    if (depth > deepest) this.fail(`more than ${deepest} levels of brackets`);
    this.space();
    const start = this.at;
    const char = this.text[this.at];
    if (char === '{') this.members(depth, onWay);
    else if (char === '[') this.items(depth, onWay);
    else if (char === '"') this.string();
    else this.scalar();
    if (onWay && this.target && depth <= this.target.length && depth > this.foundDepth) {
      this.found = [start, this.at];
      this.foundDepth = depth;
    }
  }

  private members(depth: number, onWay: boolean): void {
    this.at++;
    this.space();
    if (this.take('}')) return;
    for (;;) {
      this.space();
      if (this.text[this.at] !== '"') this.fail('expected a name in double quotes');
      const start = this.at;
      this.string();
      const key = onWay && this.target ? (JSON.parse(this.text.slice(start, this.at)) as string) : '';
      this.space();
      if (!this.take(':')) this.fail('expected `:` after the name');
      this.value(depth + 1, onWay && this.target?.[depth] === key);
      this.space();
      if (this.take('}')) return;
      if (!this.take(',')) this.fail('expected `,` or `}`');
    }
  }

  private items(depth: number, onWay: boolean): void {
    this.at++;
    this.space();
    if (this.take(']')) return;
    for (let index = 0; ; index++) {
      this.value(depth + 1, onWay && this.target?.[depth] === String(index));
      this.space();
      if (this.take(']')) return;
      if (!this.take(',')) this.fail('expected `,` or `]`');
    }
  }

  private string(): void {
    const start = this.at++;
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (Number.isNaN(code) || code === 10) this.fail('the string that begins here does not end on its line', start);
      if (code < 32) this.fail('control characters in strings are written as \\u00…');
      if (code === 34) break;
      if (code === 92) this.escape();
      else this.at++;
    }
    this.at++;
  }

  private escape(): void {
    const sequence = /^\\(["\\/bfnrt]|u[0-9A-Fa-f]{4})/.exec(this.text.slice(this.at, this.at + 6));
    if (sequence === null) this.fail('unknown escape after \\');
    this.at += sequence[0].length;
  }

  private scalar(): void {
    const rest = this.text.slice(this.at, this.at + 400);
    if (rest === '') this.fail('the text ends too early');
    const match = /^(?:true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)/.exec(rest);
    if (match === null) {
      if (/^[\]},]/.test(rest)) this.fail(`expected a value before \`${rest[0]}\``);
      if (rest.startsWith("'")) this.fail('strings stand in double quotes');
      if (rest.startsWith('//') || rest.startsWith('/*')) this.fail('JSON has no comments');
      this.fail(`unexpected \`${/^\w+|^./su.exec(rest)?.[0].slice(0, 30)}\``);
    }
    this.at += match[0].length;
  }

  private take(char: string): boolean {
    if (this.text[this.at] !== char) return false;
    this.at++;
    return true;
  }

  private space(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return;
      this.at++;
    }
  }

  private fail(message: string, offset = this.at): never {
    throw new WalkFault(offset, message);
  }
}

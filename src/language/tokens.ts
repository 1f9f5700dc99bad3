// Text → tokens with places, and a reader over them: what the grammars of formulas and of conditions share. Numbers, spaces and
// comments are spelled alike in both; names, signs and separators are theirs.

/** Offsets into the text, `to` exclusive. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface Token extends Span {
  readonly kind: 'number' | 'name' | 'sign' | 'separator' | 'other' | 'end';
  readonly text: string;
}

export interface TokenRules {
  /** Regular expressions without groups that capture. */
  readonly name: string;
  readonly sign: string;
  readonly separator?: string;
  /** Signs that people paste, and how they are read. */
  readonly spellings: Readonly<Record<string, string>>;
}

/** Ends with a token of kind `end`. What is none of theirs becomes `other`, a character each. */
export type Tokenizer = (text: string) => readonly Token[];

/** A lexer by these rules: one regular expression for all of a grammar's words. */
export function createTokenizer({ name, sign, separator, spellings }: TokenRules): Tokenizer {
  const [space, never] = separator === undefined ? ['\\s', '[]'] : ['[ \\t\\r]', separator];
  const number = '(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[eE][+−-]?[0-9]+)?';
  const source = `${space}+|#[^\\n]*|(${number})|(${name})|(${sign})|(${never})|(.)`;
  return (text) => {
    const tokens: Token[] = [];
    for (const match of text.matchAll(new RegExp(source, 'gsu'))) {
      const [whole, digits, word, mark, parting, other] = match;
      const span = { from: match.index, to: match.index + whole.length };
      if (digits !== undefined) tokens.push({ kind: 'number', text: digits.replace('−', '-'), ...span });
      else if (word !== undefined) tokens.push({ kind: 'name', text: word, ...span });
      else if (mark !== undefined) tokens.push({ kind: 'sign', text: spellings[mark] ?? mark, ...span });
      else if (parting !== undefined) tokens.push({ kind: 'separator', text: parting, ...span });
      else if (other !== undefined) tokens.push({ kind: 'other', text: other, ...span });
    }
    tokens.push({ kind: 'end', text: '', from: text.length, to: text.length });
    return tokens;
  };
}

/** What a reader throws; whoever made the reader catches it and makes a diagnostic. */
export class SyntaxFault extends Error {
  readonly span: Span;
  constructor(span: Span, message: string) {
    super(message);
    this.span = span;
  }
}

/** Brackets, signs and powers within one another. */
const deepest = 200;

export class TokenReader {
  protected depth = 0;
  private at = 0;
  private readonly tokens: readonly Token[];

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  atEnd(): boolean {
    return this.peek().kind === 'end';
  }

  peek(ahead = 0): Token {
    return this.tokens[Math.min(this.at + ahead, this.tokens.length - 1)] as Token;
  }

  /** The end and separators stay, so that the next statement is found after a fault. */
  next(): Token {
    const token = this.peek();
    if (token.kind !== 'end' && token.kind !== 'separator') this.at++;
    return token;
  }

  skipSeparator(): boolean {
    if (this.peek().kind !== 'separator') return false;
    this.at++;
    return true;
  }

  /** To the next separator, after a fault. */
  skipStatement(): void {
    this.depth = 0;
    while (!this.atEnd() && this.peek().kind !== 'separator') this.at++;
  }

  /** Steps over a sign if it is next. */
  take(text: string): boolean {
    const token = this.peek();
    if (token.kind !== 'sign' || token.text !== text) return false;
    this.at++;
    return true;
  }

  /** Steps over what closes the bracket. @returns where it ends */
  close(open: Token, sign = ')'): number {
    const token = this.peek();
    if (!this.take(sign))
      this.fail(token, `expected \`${sign}\` to close ${this.bracket(open)}, found ${shown(token)}`);
    return token.to;
  }

  /** What a message calls an open bracket. */
  protected bracket(open: Token): string {
    return `the bracket at column ${open.from + 1}`;
  }

  deeper<T>(token: Token, read: () => T): T {
    if (++this.depth > deepest) this.fail(token, `more than ${deepest} levels of brackets`);
    const result = read();
    this.depth--;
    return result;
  }

  fail(span: Span, message: string): never {
    throw new SyntaxFault(span, message);
  }
}

/** A token as a message quotes it. */
export function shown(token: Token): string {
  if (token.kind === 'end') return 'the end';
  if (token.text === '\n') return 'the end of the line';
  return `\`${token.text}\``;
}

/** Where a span begins, 1-based, and its line with a caret under the place. */
export function pointAt(text: string, span: Span): { line: number; column: number; picture: string } {
  // Of a negative place the first character would be looked at.
  const start = span.from === 0 ? 0 : text.lastIndexOf('\n', span.from - 1) + 1;
  const end = text.indexOf('\n', span.from);
  const line = text.slice(0, span.from).split('\n').length;
  const column = span.from - start + 1;
  const whole = text.slice(start, end < 0 ? undefined : end);
  const marks = '^'.repeat(Math.max(1, Math.min(span.to, start + whole.length) - span.from));
  return { line, column, picture: `${whole}\n${' '.repeat(column - 1)}${marks}` };
}
